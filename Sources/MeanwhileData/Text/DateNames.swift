/// What a language calls months, weekdays, eras and quarters in dates, as the Unicode Common Locale Data Repository has it: Java's formatter takes its names from there.
public struct DateNames: Sendable, Hashable {
  /// A two-letter code of ISO 639.
  public let language: String
  private let table: [DatePattern.NameField: [DatePattern.NameLength: [String]]]

  public static let english = DateNames("en", languages["en"] ?? Language())

  /// The names of a locale's language (`fr` of `fr-CA`), where they are known; English otherwise.
  ///
  /// - Parameter locale: an IETF language tag, or Java's spelling with an underscore.
  public static func named(_ locale: String) -> DateNames {
    let code = locale.prefix { $0 != "-" && $0 != "_" }.lowercased()
    guard code != english.language, let language = languages[code] else { return english }
    return DateNames(code, language)
  }

  public static func == (left: DateNames, right: DateNames) -> Bool { left.language == right.language }

  public func hash(into hasher: inout Hasher) { hasher.combine(language) }

  private init(_ code: String, _ language: Language) {
    self.language = code
    func initials(_ names: [String]) -> [String] { names.map { $0.prefix(1).uppercased() } }
    func short(_ names: [String], _ full: [String]) -> [String] { names.isEmpty ? full.map { String($0.prefix(3)) } : names }
    table = [
      .month: [.full: language.months, .short: short(language.shortMonths, language.months), .narrow: initials(language.months)],
      .weekday: [
        .full: language.weekdays, .short: short(language.shortWeekdays, language.weekdays),
        .narrow: language.weekdayLetters.isEmpty ? initials(language.weekdays) : language.weekdayLetters,
      ],
      .halfOfDay: [.full: language.halves, .short: language.halves, .narrow: language.halves],
      .era: [
        .full: language.eras, .short: language.shortEras, .narrow: language.narrowEras.isEmpty ? language.shortEras : language.narrowEras,
      ],
      .quarter: [
        .full: language.quarters, .short: (1...4).map { "\(language.quarterLetter)\($0)" }, .narrow: (1...4).map { "\($0)" },
      ],
    ]
  }

  func names(_ field: DatePattern.NameField, _ length: DatePattern.NameLength) -> [String] { table[field]?[length] ?? [] }

  func name(of index: Int, _ field: DatePattern.NameField, _ length: DatePattern.NameLength) -> String {
    let names = names(field, length)
    return index >= 0 && index < names.count ? names[index] : ""
  }

  // MARK: - Languages

  /// Empty short names are the first three letters, empty letters the first.
  private struct Language {
    var months: [String] = []
    var shortMonths: [String] = []
    var weekdays: [String] = []
    var shortWeekdays: [String] = []
    var weekdayLetters: [String] = []
    var halves = ["AM", "PM"]
    var eras: [String] = []
    var shortEras: [String] = []
    var narrowEras: [String] = []
    var quarters: [String] = []
    var quarterLetter = "Q"
  }

  private static let languages: [String: Language] = [
    "en": Language(
      months: words("January February March April May June July August September October November December"),
      weekdays: words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
      eras: ["Before Christ", "Anno Domini"], shortEras: ["BC", "AD"], narrowEras: ["B", "A"],
      quarters: ["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"]),
    "de": Language(
      months: words("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
      shortMonths: words("Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez."),
      weekdays: words("Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag"), shortWeekdays: words("Mo. Di. Mi. Do. Fr. Sa. So."),
      eras: ["v. Chr.", "n. Chr."], shortEras: ["v. Chr.", "n. Chr."],
      quarters: ["1. Quartal", "2. Quartal", "3. Quartal", "4. Quartal"]),
    "es": Language(
      months: words("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
      shortMonths: words("ene feb mar abr may jun jul ago sept oct nov dic"),
      weekdays: words("lunes martes miércoles jueves viernes sábado domingo"), weekdayLetters: words("L M X J V S D"),
      halves: ["a.\u{A0}m.", "p.\u{A0}m."], eras: ["antes de Cristo", "después de Cristo"], shortEras: ["a.\u{A0}C.", "d.\u{A0}C."],
      quarters: ["1.er trimestre", "2.º trimestre", "3.er trimestre", "4.º trimestre"], quarterLetter: "T"),
    "fr": Language(
      months: words("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
      shortMonths: words("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."),
      weekdays: words("lundi mardi mercredi jeudi vendredi samedi dimanche"), shortWeekdays: words("lun. mar. mer. jeu. ven. sam. dim."),
      eras: ["avant Jésus-Christ", "après Jésus-Christ"], shortEras: ["av. J.-C.", "ap. J.-C."],
      quarters: ["1er trimestre", "2e trimestre", "3e trimestre", "4e trimestre"], quarterLetter: "T"),
    "it": Language(
      months: words("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
      weekdays: words("lunedì martedì mercoledì giovedì venerdì sabato domenica"),
      eras: ["avanti Cristo", "dopo Cristo"], shortEras: ["a.C.", "d.C."], narrowEras: ["aC", "dC"],
      quarters: ["1º trimestre", "2º trimestre", "3º trimestre", "4º trimestre"], quarterLetter: "T"),
    "nl": Language(
      months: words("januari februari maart april mei juni juli augustus september oktober november december"),
      shortMonths: words("jan feb mrt apr mei jun jul aug sep okt nov dec"),
      weekdays: words("maandag dinsdag woensdag donderdag vrijdag zaterdag zondag"), shortWeekdays: words("ma di wo do vr za zo"),
      halves: ["a.m.", "p.m."], eras: ["voor Christus", "na Christus"], shortEras: ["v.Chr.", "n.Chr."], narrowEras: ["v.C.", "n.C."],
      quarters: ["1e kwartaal", "2e kwartaal", "3e kwartaal", "4e kwartaal"], quarterLetter: "K"),
    "pt": Language(
      months: words("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"),
      shortMonths: words("jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez."),
      weekdays: words("segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo"),
      shortWeekdays: words("seg. ter. qua. qui. sex. sáb. dom."),
      eras: ["antes de Cristo", "depois de Cristo"], shortEras: ["a.C.", "d.C."],
      quarters: ["1º trimestre", "2º trimestre", "3º trimestre", "4º trimestre"], quarterLetter: "T"),
  ]

  private static func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
}

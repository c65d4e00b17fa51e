import MeanwhileData

/// What is to be computed: a tree of relational operators. Languages make it, optimiser rules rewrite it, ``Executor`` runs it.
public indirect enum Plan: Sendable {
  case scan(Scan)
  /// Rows that are given.
  case rows([Attribute], Page)
  case filter(Plan, Expression)
  /// Adds columns. A later assignment may use an earlier one.
  case eval(Plan, [Assignment])
  /// These columns, in this order.
  case project(Plan, [Attribute])
  case aggregate(Plan, Aggregation)
  case sort(Plan, [SortKey])
  /// The first rows of a sort, with a bounded heap.
  case top(Plan, [SortKey], count: Int)
  case limit(Plan, Int)
  /// The first rows of each group.
  case limitBy(Plan, [Attribute], count: Int)
  /// One row for each value of a multi-value column; the new column replaces the old.
  case expand(Plan, Attribute, as: Attribute)
  /// Adds columns that are cut out of a text.
  case extract(Plan, Extraction)
  /// Adds columns of the rows of another plan that a row matches.
  case join(Plan, Join)
  /// Adds the aggregates of a row's group to every row.
  case inlineAggregate(Plan, Aggregation)
  /// Adds columns that are computed from all rows at once.
  case window(Plan, Window)
  /// The rows of several plans, one plan after another. Each gives as many columns as there are here, of the same types, in the same order.
  case union([Plan], [Attribute])

  /// A new column and how it is computed.
  public struct Assignment: Sendable {
    public var attribute: Attribute
    public var expression: Expression

    public init(_ attribute: Attribute, _ expression: Expression) {
      self.attribute = attribute
      self.expression = expression
    }
  }

  public struct SortKey: Sendable {
    public var expression: Expression
    public var isAscending: Bool
    public var nullsFirst: Bool

    /// As ES|QL has it by default: nulls last ascending, first descending.
    public init(_ expression: Expression, isAscending: Bool = true, nullsFirst: Bool? = nil) {
      self.expression = expression
      self.isAscending = isAscending
      self.nullsFirst = nullsFirst ?? !isAscending
    }
  }

  public struct Aggregation: Sendable {
    /// Computed per row; a row with several values in a group counts in each.
    public var groups: [Assignment]
    public var aggregates: [Aggregate]

    public init(groups: [Assignment], aggregates: [Aggregate]) {
      self.groups = groups
      self.aggregates = aggregates
    }
  }

  public struct Aggregate: Sendable {
    public var attribute: Attribute
    public var function: AggregateFunction
    public var resolution: AggregateFunction.Resolution
    public var arguments: [Expression]
    /// Rows that count: `STATS … WHERE`.
    public var filter: Expression?
    public var origin: Expression.Origin

    public init(
      attribute: Attribute, function: AggregateFunction, resolution: AggregateFunction.Resolution, arguments: [Expression],
      filter: Expression? = nil, origin: Expression.Origin = .none
    ) {
      self.attribute = attribute
      self.function = function
      self.resolution = resolution
      self.arguments = arguments
      self.filter = filter
      self.origin = origin
    }
  }

  /// Reads documents.
  public struct Scan: Sendable {
    public var snapshots: [IndexSnapshot]
    /// The columns to read, and where from.
    public var columns: [Column]
    /// Rows to read; evaluated where the data is.
    public var filter: Expression?
    /// What the ``Source/score`` column holds: a double, computed for the rows that pass the filter. It may read the document reference.
    public var score: Expression?

    public init(snapshots: [IndexSnapshot], columns: [Column], filter: Expression? = nil, score: Expression? = nil) {
      self.snapshots = snapshots
      self.columns = columns
      self.filter = filter
      self.score = score
    }

    public struct Column: Sendable {
      public var attribute: Attribute
      public var source: Source

      public init(_ attribute: Attribute, _ source: Source) {
        self.attribute = attribute
        self.source = source
      }
    }

    public enum Source: Sendable {
      /// A field path; null where an index or segment lacks it. Values of a narrower type are widened to the attribute's.
      case field(String)
      /// `_id`, `_version`, `_seq_no`, `_source`, `_ignored`: see ``MetadataField``.
      case metadata(String)
      /// The index's name.
      case index
      /// `index.mode` of the index, such as `standard` or `lookup`.
      case indexMode
      /// A ``DocumentReference``, by which hits are fetched at the end.
      case document
      /// What a search asks of a text field. Made by the scan itself, of a call over the field's column.
      case lookup(TextLookup)
      /// The relevance of a row: ``Scan/score``, or 0.
      case score
    }
  }

  /// The columns that come out, in order.
  public var output: [Attribute] {
    switch self {
    case .scan(let scan): scan.columns.map(\.attribute)
    case .rows(let attributes, _): attributes
    case .filter(let input, _), .sort(let input, _), .top(let input, _, _), .limit(let input, _), .limitBy(let input, _, _): input.output
    case .eval(let input, let assignments): input.output + assignments.map(\.attribute)
    case .project(_, let attributes): attributes
    case .aggregate(_, let aggregation): aggregation.aggregates.map(\.attribute) + aggregation.groups.map(\.attribute)
    case .expand(let input, let old, let new): input.output.map { $0 == old ? new : $0 }
    case .extract(let input, let extraction): input.output + extraction.outputs
    case .join(let input, let join): input.output + join.columns
    case .inlineAggregate(let input, let aggregation): input.output + aggregation.aggregates.map(\.attribute)
    case .window(let input, let window): input.output + window.outputs
    case .union(_, let attributes): attributes
    }
  }
}

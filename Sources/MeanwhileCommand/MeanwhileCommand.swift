#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The program. What it is made of stands in ``Composition``.
@main
struct MeanwhileCommand {
  static func main() async {
    exit(await Composition.run(Array(CommandLine.arguments.dropFirst())))
  }
}

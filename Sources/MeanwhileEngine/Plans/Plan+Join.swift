import MeanwhileData

extension Plan {
  /// How each row of a plan finds rows of another, the right side, which is read as a whole. A row that finds none stays, with nulls.
  public struct Join: Sendable {
    /// Two expressions that must be equal: one over the left side's columns, one over the right side's, of one type.
    public struct Key: Sendable {
      public var left: Expression
      public var right: Expression

      public init(left: Expression, right: Expression) {
        self.left = left
        self.right = right
      }
    }

    /// What several rows that match one become.
    public enum Matches: Sendable {
      /// A row each.
      case rows
      /// One row, whose columns have the values of all of them.
      case values
    }

    /// What a key of several values means.
    public enum SeveralValues: Sendable {
      /// Each of them may match.
      case any
      /// It matches nothing, and is warned of with this detail.
      case refused(detail: String)
    }

    public var right: Plan
    public var keys: [Key]
    /// What must be true of the columns of both sides besides.
    public var condition: Expression?
    /// Columns of the right side that are added, in order.
    public var columns: [Attribute]
    public var matches: Matches
    public var severalValues: SeveralValues
    /// Whether null keys are equal.
    public var nullsMatch: Bool
    /// Where in the query it stands; warnings quote it.
    public var origin: Expression.Origin

    public init(
      right: Plan, keys: [Key], condition: Expression? = nil, columns: [Attribute], matches: Matches = .rows,
      severalValues: SeveralValues = .any, nullsMatch: Bool = false, origin: Expression.Origin = .none
    ) {
      self.right = right
      self.keys = keys
      self.condition = condition
      self.columns = columns
      self.matches = matches
      self.severalValues = severalValues
      self.nullsMatch = nullsMatch
      self.origin = origin
    }

    /// The columns of the right side that finding matches reads.
    public var rightReads: Set<Attribute> {
      var reads = condition?.attributes.intersection(right.output) ?? []
      for key in keys { reads.formUnion(key.right.attributes) }
      return reads
    }

    /// The columns of the left side that finding matches reads.
    public var leftReads: Set<Attribute> {
      var reads = condition?.attributes.subtracting(right.output) ?? []
      for key in keys { reads.formUnion(key.left.attributes) }
      return reads
    }
  }
}

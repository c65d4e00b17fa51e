/// One line of a task listing: what a task is, whose, and how far.
public struct TaskListing: Sendable {
  public var id: TaskID
  /// The language's name.
  public var language: String
  /// The dialect's name.
  public var dialect: String
  /// Such as `indices:data/read/esql[a]`.
  public var action: String
  /// ``Principal/owner`` of who submitted it; nil with security off.
  public var owner: String?
  /// The client's `X-Opaque-Id`.
  public var opaqueID: String?
  /// Somebody asked to cancel it, and it has not ended yet.
  public var isCancelled: Bool
  public var view: TaskView

  public init(
    id: TaskID, language: String, dialect: String, action: String, owner: String?, opaqueID: String?, isCancelled: Bool, view: TaskView
  ) {
    self.id = id
    self.language = language
    self.dialect = dialect
    self.action = action
    self.owner = owner
    self.opaqueID = opaqueID
    self.isCancelled = isCancelled
    self.view = view
  }
}

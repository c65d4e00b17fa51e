#if CLI
/// What the commands about users do, handed in at composition by whoever brings security.
public struct UserAdministrator: Sendable {
  /// A user as a listing shows it.
  public struct Listed: Sendable {
    public var name: String
    public var roles: [String]

    public init(name: String, roles: [String]) {
      self.name = name
      self.roles = roles
    }
  }

  let add: @Sendable (_ name: String, _ password: String, _ roles: [String], _ fullName: String?) throws -> Void
  let setPassword: @Sendable (_ password: String, _ name: String) throws -> Void
  let list: @Sendable () throws -> [Listed]
  let remove: @Sendable (_ name: String) throws -> Void

  public init(
    add: @escaping @Sendable (_ name: String, _ password: String, _ roles: [String], _ fullName: String?) throws -> Void,
    setPassword: @escaping @Sendable (_ password: String, _ name: String) throws -> Void,
    list: @escaping @Sendable () throws -> [Listed], remove: @escaping @Sendable (_ name: String) throws -> Void
  ) {
    self.add = add
    self.setPassword = setPassword
    self.list = list
    self.remove = remove
  }

  /// Opens the users of a security directory.
  public typealias Factory = @Sendable (_ directory: String) throws -> UserAdministrator
}
#endif

// What clients are shown of a task as it was at one moment.

extension TaskView {
  /// - Parameter run: its run, if it goes on here or has just ended: it knows best how far it is.
  init(_ snapshot: TaskSnapshot, _ run: TaskRun?) {
    let record = snapshot.record
    self.init(
      id: snapshot.hasID ? record.id : nil, state: record.state, submitted: record.submitted, completed: record.completed,
      expires: record.expires, elapsed: snapshot.elapsed, progress: run?.context.progress.reading ?? record.progress,
      description: record.description, isAsynchronous: snapshot.isAsynchronous, now: snapshot.now)
  }
}

extension TaskListing {
  init(_ snapshot: TaskSnapshot, _ run: TaskRun?) {
    let record = snapshot.record
    self.init(
      id: record.id, language: record.language, dialect: record.dialect, action: record.action, owner: record.owner,
      opaqueID: record.opaqueID, isCancelled: snapshot.isCancelled, view: TaskView(snapshot, run))
  }
}

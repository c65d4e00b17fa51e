#if CLI
import Foundation
import Meanwhile
import Synchronization
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Requests under way, whose answers are handed on piece by piece as they come.
final class Transfers: NSObject, URLSessionDataDelegate, Sendable {
  typealias Body = AsyncThrowingStream<[UInt8], any Error>

  private struct Transfer {
    /// Nil once the head was handed on.
    var head: CheckedContinuation<(HTTPURLResponse, Body), any Error>?
    let body: Body
    let pieces: Body.Continuation
  }

  /// By the identifier of the session's task.
  private let transfers = Mutex<[Int: Transfer]>([:])
  private let session = Mutex<URLSession?>(nil)

  /// Sends a request, and waits for the head of its answer. Cancelling the task that waits, or letting go of the body, ends the transfer.
  func start(_ request: URLRequest) async throws -> (HTTPURLResponse, Body) {
    let task = started().dataTask(with: request)
    let (body, pieces) = Body.makeStream()
    pieces.onTermination = { _ in task.cancel() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        transfers.withLock { $0[task.taskIdentifier] = Transfer(head: continuation, body: body, pieces: pieces) }
        task.resume()
      }
    } onCancel: {
      task.cancel()
    }
  }

  private func started() -> URLSession {
    session.withLock { session in
      if let session { return session }
      let configuration = URLSessionConfiguration.ephemeral
      // A query takes as long as it takes; the server has limits of its own.
      configuration.timeoutIntervalForRequest = 7 * 86_400
      configuration.timeoutIntervalForResource = 7 * 86_400
      let started = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
      session = started
      return started
    }
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
  ) {
    let transfer = transfers.withLock { transfers in
      defer { transfers[dataTask.taskIdentifier]?.head = nil }
      return transfers[dataTask.taskIdentifier]
    }
    guard let transfer, let head = transfer.head else { return completionHandler(.cancel) }
    if let response = response as? HTTPURLResponse {
      head.resume(returning: (response, transfer.body))
      completionHandler(.allow)
    } else {
      head.resume(throwing: CommandFailure("the server does not speak HTTP"))
      completionHandler(.cancel)
    }
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    transfers.withLock { $0[dataTask.taskIdentifier] }?.pieces.yield(Array(data))
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    guard let transfer = transfers.withLock({ $0.removeValue(forKey: task.taskIdentifier) }) else { return }
    transfer.head?.resume(throwing: error ?? CommandFailure("the server closed the connection"))
    transfer.pieces.finish(throwing: error)
  }
}
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Threads of their own for queries.
///
/// A query may keep a thread busy for as long as it runs. On the threads that serve everything else, as many queries as there are cores would
/// leave nobody to answer a status request; here they only share the cores, by the operating system's grace. Whatever a run starts inside itself (its
/// parallel parts) runs here too.
///
/// - Note: `@unchecked Sendable`: the queue is only touched between `lock` and `unlock` of `mutex`, and the two pointers never change.
final class RunThreads: TaskExecutor, @unchecked Sendable {
  /// The process's query threads: more than there are cores, so that a short query gets its share beside long ones, and a few that only wait keep nobody.
  static let shared = RunThreads(count: max(16, 2 * Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var jobs: [UnownedJob] = []
  /// Where the next job is; what is before it has been taken.
  private var head = 0

  /// Starts the threads, which never end.
  private init(count: Int) {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    condition = .allocate(capacity: 1)
    condition.initialize(to: pthread_cond_t())
    pthread_cond_init(condition, nil)
    for _ in 0..<count { startThread() }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pthread_mutex_lock(mutex)
    jobs.append(job)
    pthread_mutex_unlock(mutex)
    pthread_cond_signal(condition)
  }

  private func startThread() {
    #if canImport(Darwin)
    var thread: pthread_t?
    #else
    var thread = pthread_t()
    #endif
    let created = pthread_create(
      &thread, nil,
      { argument in
        let pointer: UnsafeMutableRawPointer? = argument
        if let pointer { Unmanaged<RunThreads>.fromOpaque(pointer).takeUnretainedValue().work() }
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    #if canImport(Darwin)
    if created == 0, let thread { pthread_detach(thread) }
    #else
    if created == 0 { pthread_detach(thread) }
    #endif
  }

  private func work() {
    while true { next().runSynchronously(on: asUnownedTaskExecutor()) }
  }

  /// Waits for a job, and takes it.
  private func next() -> UnownedJob {
    pthread_mutex_lock(mutex)
    while head == jobs.count { pthread_cond_wait(condition, mutex) }
    let job = jobs[head]
    head += 1
    if head == jobs.count {
      jobs.removeAll(keepingCapacity: true)
      head = 0
    }
    pthread_mutex_unlock(mutex)
    return job
  }
}

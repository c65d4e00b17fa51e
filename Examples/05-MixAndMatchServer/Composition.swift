import Meanwhile
import MeanwhileData
import MeanwhileDocuments
import MeanwhileEQL
import MeanwhileMemoryStore

/// The parts of this server. What stands commented out is one line away.
func compose() async throws -> Service {
  let store = MemoryStore()  // or FileStore, which keeps everything through a crash
  var builder = ServiceBuilder(taskStore: store)
  builder.provide(store, as: (any IndexStore).self)
  builder.add(endpoints: DocumentEndpoints())
  builder.add(EQLLanguage())
  // builder.add(ESQLLanguage())
  // builder.add(SearchLanguage())
  return try await builder.build()
}

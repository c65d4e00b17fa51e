import Meanwhile

/// `GET /_openapi.json`: what the service answers, as an OpenAPI document (https://spec.openapis.org/oas/v3.1.0) made from its routes, those of plugins
/// that others wrote among them. Tools can be pointed at it.
public struct OpenAPIEndpoints: EndpointProvider {
  public init() {}

  public var routes: [Route] {
    [
      Route(
        .get, "/_openapi.json", summary: "Describes every endpoint, for tools.", privilege: .authenticated("cluster:monitor/openapi")
      ) { _, session in
        .json(OpenAPIDocument(of: session.service).json)
      }
    ]
  }
}

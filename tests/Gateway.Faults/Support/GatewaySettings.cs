namespace SentryOtel.Gateway.Faults.Support;

/// <summary>What a test sets in the gateway's configuration; the rest is what a user would write.</summary>
internal sealed record GatewaySettings
{
    /// <summary>Further lines of the exporter's section, one YAML entry each.</summary>
    public IReadOnlyList<string> Exporter { get; init; } = [];

    /// <summary><c>retry_on_failure</c>.</summary>
    public string Retry { get; init; } = "{initial_interval: 50ms, max_interval: 200ms, randomization_factor: 0}";

    /// <summary><c>processors.batch</c>.</summary>
    public string Batch { get; init; } = "{timeout: 20ms}";

    /// <summary><c>processors.memory_limiter</c>; empty for none.</summary>
    public string MemoryLimiter { get; init; } = "";

    /// <summary><c>service.drain_timeout</c>.</summary>
    public string DrainTimeout { get; init; } = "10s";

    /// <summary>Environment variables of the program, besides those of the test.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Further entries of <c>receivers.otlp.protocols.http</c>, in YAML's short form.</summary>
    public string HttpReceiver { get; init; } = "";

    /// <summary>Another Sentry, for a second exporter that gets everything too.</summary>
    public Uri? Second { get; init; }

    /// <summary>Whether metrics are taken; the exporter then needs <c>metrics.forward_to</c>.</summary>
    public bool Metrics { get; init; }

    /// <summary>The file's text.</summary>
    public string ToYaml(StandIn sentry, string grpc = "127.0.0.1:0", string http = "127.0.0.1:0", string health = "127.0.0.1:0", string metrics = "127.0.0.1:0")
    {
        var limiter = MemoryLimiter.Length > 0 ? "memory_limiter, " : string.Empty;
        var exporters = Second is null ? "sentry" : "sentry, sentry/second";
        return $$$"""
            receivers: {otlp: {protocols: {grpc: {endpoint: "{{{grpc}}}"}, http: {endpoint: "{{{http}}}"{{{(HttpReceiver.Length > 0 ? $", {HttpReceiver}" : string.Empty)}}} } } } }
            processors:
              batch: {{{Batch}}}
              {{{(MemoryLimiter.Length > 0 ? $"memory_limiter: {MemoryLimiter}" : string.Empty)}}}
            extensions: {health_check: {endpoint: "{{{health}}}" } }
            exporters:
              sentry:
                url: {{{sentry.ManagementUrl}}}
                org_slug: {{{SentryProcess.Organization}}}
                auth_token: {{{SentryProcess.Token}}}
                retry_on_failure: {{{Retry}}}
            {{{string.Join('\n', Exporter.Select(line => $"    {line}"))}}}
              {{{(Second is null ? string.Empty : $"sentry/second: {{url: \"{Second.AbsoluteUri}\", org_slug: {SentryProcess.Organization}, auth_token: {SentryProcess.Token}, auto_create_projects: true}}")}}}
            service:
              drain_timeout: {{{DrainTimeout}}}
              extensions: [health_check]
              telemetry: {metrics: {address: "{{{metrics}}}" } }
              pipelines:
                traces: {receivers: [otlp], processors: [{{{limiter}}}batch], exporters: [{{{exporters}}}]}
                logs: {receivers: [otlp], processors: [{{{limiter}}}batch], exporters: [{{{exporters}}}]}
                {{{(Metrics ? "metrics: {receivers: [otlp], exporters: [sentry]}" : string.Empty)}}}
            """;
    }
}

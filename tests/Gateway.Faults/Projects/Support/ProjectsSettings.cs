using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Gateway.Faults.Projects.Support;

/// <summary>What a test sets up.</summary>
internal sealed record ProjectsSettings
{
    /// <summary>Create projects for unknown services.</summary>
    public bool AutoCreate { get; init; } = true;

    /// <summary><c>projects</c>.</summary>
    public string Projects { get; init; } = "{}";

    /// <summary><c>queue</c>.</summary>
    public string Queue { get; init; } = "{}";

    /// <summary><c>routing</c>.</summary>
    public string Routing { get; init; } = "{}";

    /// <summary>Further lines of the exporter's section, one YAML entry each.</summary>
    public IReadOnlyList<string> Exporter { get; init; } = [];

    /// <summary>A second exporter, <c>sentry/second</c>, for another organisation's Sentry.</summary>
    public Uri? Second { get; init; }

    /// <summary>The stand-in.</summary>
    public SentryServerOptions Sentry { get; init; } = new() { Tokens = [new AccessToken(ProjectsWorld.Token)] };

    /// <summary>With these projects in Sentry from the start.</summary>
    public ProjectsSettings With(params string[] projects) => this with { Sentry = Sentry with { Projects = projects } };

    /// <summary>With another Sentry.</summary>
    public ProjectsSettings With(Modes modes) => this with { Sentry = Sentry with { Modes = modes } };

    /// <summary>The file's text.</summary>
    public string ToYaml(Uri url) => $$$"""
        receivers: {otlp: {protocols: {grpc: {endpoint: "127.0.0.1:0"}, http: {endpoint: "127.0.0.1:0" } } } }
        processors: {batch: {timeout: 20ms}}
        extensions: {health_check: {endpoint: "127.0.0.1:0" } }
        exporters:
          sentry:
            url: {{{url.AbsoluteUri}}}
            org_slug: acme
            auth_token: {{{ProjectsWorld.Token}}}
            auto_create_projects: {{{(AutoCreate ? "true" : "false")}}}
            projects: {{{Projects}}}
            queue: {{{Queue}}}
            routing: {{{Routing}}}
        {{{string.Join('\n', Exporter.Select(line => $"    {line}"))}}}
          {{{(Second is null ? "" : $"sentry/second: {{url: \"{Second.AbsoluteUri}\", org_slug: acme, auth_token: {ProjectsWorld.Token}, auto_create_projects: true}}")}}}
        service:
          extensions: [health_check]
          telemetry: {metrics: {address: "127.0.0.1:0" } }
          pipelines:
            traces: {receivers: [otlp], processors: [batch], exporters: [{{{(Second is null ? "sentry" : "sentry, sentry/second")}}}]}
            logs: {receivers: [otlp], processors: [batch], exporters: [{{{(Second is null ? "sentry" : "sentry, sentry/second")}}}]}
        """;
}

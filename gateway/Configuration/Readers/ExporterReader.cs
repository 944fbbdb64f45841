using SentryOtel.Gateway.Configuration.Yaml;
using SentryOtel.Sentry.Ingest;
using SentryOtel.Sentry.Slugs;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary>
/// <c>exporters.sentry</c>. Three ways to know the projects: by token from Sentry's API, from the routing table of an operator, or from DSNs.
/// </summary>
internal sealed class ExporterReader(string id, SectionReader section, ReadContext context, IReadOnlyDictionary<string, DiskQueueConfiguration> storages)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    public ExporterConfiguration Read()
    {
        var routing = section.Section("routing");
        var projects = section.Section("projects");
        var routes = RoutingReader.Read(routing);
        var dsn = DsnOf("dsn");
        var queue = new QueueReader(storages).Read(section.Section("sending_queue"), section.Section("queue"));
        var source = projects?.OneOf("source", "sentry", "sentry", "kubernetes") ?? "sentry";
        var tokenFree = dsn is not null || section.Has("dsn") || routes.DsnMapping.Count > 0;
        var configuration = new ExporterConfiguration
        {
            Id = id,
            Api = source == "kubernetes" ? ApiReader.Without(section) : ApiReader.Read(section, tokenFree),
            Kubernetes = ProjectsReader.Kubernetes(projects, source),
            Dsn = dsn,
            AutoCreateProjects = section.Flag("auto_create_projects", false),
            IngestUrl = IngestUrl(section.Section("ingest"), source),
            Routing = routes,
            Projects = ProjectsReader.Read(projects),
            Http = HttpReader.Read(section.Section("http"), context, out var httpTimeout),
            Queue = queue,
            Retry = RetryReader.Read(section.Section("retry_on_failure"), queue),
            MetricsForwarding = ForwardingReader.Read(section.Section("metrics"), context),
            Timeout = Shortest(section.Duration("timeout", DefaultTimeout, TimeSpan.Zero), httpTimeout),
        };
        CheckFallback(routing, routes, configuration);
        section.Finish();
        return configuration;
    }

    private static Uri? IngestUrl(SectionReader? ingest, string source)
    {
        if (ingest?.Text("url_override") is not { } text)
        {
            ingest?.Finish();
            return null;
        }

        if (source == "kubernetes")
        {
            ingest.Error("url_override", "has a meaning with projects.source: sentry only; with an operator set spec.ingest.urlOverride of the SentryExporter.");
        }

        var address = Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 && uri.Query.Length == 0 ? uri : null;
        if (address is null)
        {
            ingest.Error("url_override", "must be an http or https address without user, password or query, as http://relay.sentry:3000/prefix.");
        }

        ingest.Finish();
        return address;
    }

    private Dsn? DsnOf(string key)
    {
        if (section.Secret(key) is not { } text)
        {
            return null;
        }

        if (!Dsn.TryParse(text.Value, out var dsn, out var error))
        {
            section.Error(key, $"{error}.");
        }

        return dsn;
    }

    private void CheckFallback(SectionReader? routing, RoutingConfiguration routes, ExporterConfiguration configuration)
    {
        if (routes.FallbackProject is { } slug && configuration.Api is null && configuration.Kubernetes is null && !context.HasErrors)
        {
            routing!.Error("fallback_project", $"\"{slug}\" can not be looked up without url, org_slug and auth_token; use dsn for what nothing else routes.");
        }

        if (routes.FallbackProject is { } invalid && !ProjectSlug.IsValid(invalid, out var why))
        {
            routing!.Error("fallback_project", $"is no project slug: {why}.");
        }
    }

    private static TimeSpan Shortest(TimeSpan left, TimeSpan right) =>
        left == TimeSpan.Zero ? right : right == TimeSpan.Zero || left < right ? left : right;
}

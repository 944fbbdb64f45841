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
            Api = source == "kubernetes" ? WithoutApi() : Api(tokenFree),
            Kubernetes = Kubernetes(projects, source),
            Dsn = dsn,
            AutoCreateProjects = section.Flag("auto_create_projects", false),
            IngestUrl = IngestUrl(section.Section("ingest"), source),
            Routing = routes,
            Projects = Projects(projects),
            Http = HttpReader.Read(section.Section("http"), context, out var httpTimeout),
            Queue = queue,
            Retry = Retry(section.Section("retry_on_failure"), queue),
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

    private SentryApiConfiguration? WithoutApi()
    {
        if (section.Has("auth_token"))
        {
            section.Warning("auth_token", "is not used: with projects.source kubernetes the operator alone talks to Sentry's API.");
        }

        section.Text("url");
        section.Text("org_slug");
        return null;
    }

    private SentryApiConfiguration? Api(bool tokenFree)
    {
        var (url, organization, token) = (section.Text("url"), section.Text("org_slug"), section.Secret("auth_token"));
        if (tokenFree && !section.Has("org_slug") && !section.Has("auth_token"))
        {
            if (section.Flag("auto_create_projects", false))
            {
                section.Error("auto_create_projects", "needs url, org_slug and auth_token: projects can not be created with a DSN.");
            }

            return null;
        }

        var address = Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 ? uri : null;
        if (string.IsNullOrEmpty(url) && !section.HasError("url"))
        {
            section.Error("url", "must be configured, as https://sentry.io.");
        }
        else if (address is null && !section.HasError("url"))
        {
            section.Error("url", "must be an http or https address without user or password.");
        }

        if (string.IsNullOrEmpty(organization) && !section.HasError("org_slug"))
        {
            section.Error("org_slug", "must be configured: the slug of the organization in Sentry.");
        }

        if (token is null && !section.HasError("auth_token"))
        {
            section.Error("auth_token", "must be configured: an internal integration's token. Without one, use dsn or routing.attribute_to_dsn_mapping.");
        }

        return address is null || string.IsNullOrEmpty(organization) || token is null
            ? null
            : new SentryApiConfiguration(address, organization, token.Value);
    }

    private static KubernetesSourceConfiguration? Kubernetes(SectionReader? projects, string source)
    {
        if (projects is null)
        {
            return null;
        }

        var (exporter, ns) = (projects.Text("exporter"), projects.Text("namespace"));
        if (source != "kubernetes")
        {
            if (projects.Has("exporter") || projects.Has("namespace"))
            {
                projects.Error(projects.Has("exporter") ? "exporter" : "namespace", "has a meaning with source: kubernetes only.");
            }

            return null;
        }

        if (string.IsNullOrEmpty(exporter))
        {
            projects.Error("exporter", "must be configured with source: kubernetes: the name of the SentryExporter.");
        }

        return new KubernetesSourceConfiguration(exporter ?? string.Empty, ns);
    }

    private static ProjectsConfiguration Projects(SectionReader? projects)
    {
        var otherwise = new ProjectsConfiguration();
        if (projects is null)
        {
            return otherwise;
        }

        var configuration = new ProjectsConfiguration
        {
            Team = projects.Text("team"),
            Platform = projects.Text("platform"),
            MaxAutoCreated = (int)projects.Number("max_auto_created", otherwise.MaxAutoCreated, 0, 100_000),
            MaxCreatedPerMinute = (int)projects.Number("max_created_per_minute", otherwise.MaxCreatedPerMinute, 1, 6_000),
            RecreateDeleted = projects.Flag("recreate_deleted", otherwise.RecreateDeleted),
            RefreshInterval = projects.Duration("refresh_interval", otherwise.RefreshInterval, TimeSpan.FromSeconds(10)),
        };
        projects.Finish();
        return configuration;
    }

    private static RetryConfiguration Retry(SectionReader? retry, QueueConfiguration queue)
    {
        // What is on disk is there to outlast an outage: its age is the bound.
        var otherwise = queue.Disk is null ? new RetryConfiguration() : new RetryConfiguration { MaxElapsedTime = TimeSpan.Zero };
        if (retry is null)
        {
            return otherwise;
        }

        var configuration = new RetryConfiguration
        {
            Enabled = retry.Flag("enabled", otherwise.Enabled),
            InitialInterval = retry.Duration("initial_interval", otherwise.InitialInterval, TimeSpan.FromMilliseconds(1)),
            MaxInterval = retry.Duration("max_interval", otherwise.MaxInterval, TimeSpan.FromMilliseconds(1)),
            MaxElapsedTime = retry.Duration("max_elapsed_time", otherwise.MaxElapsedTime, TimeSpan.Zero),
            Multiplier = retry.Fraction("multiplier", otherwise.Multiplier, 1, 100),
            RandomizationFactor = retry.Fraction("randomization_factor", otherwise.RandomizationFactor, 0, 1),
        };
        if (configuration.MaxElapsedTime > TimeSpan.Zero && configuration.MaxElapsedTime < configuration.InitialInterval)
        {
            retry.Error("max_elapsed_time", "must not be shorter than initial_interval.");
        }

        retry.Finish();
        return configuration;
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

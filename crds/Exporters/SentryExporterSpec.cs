using SentryOtel.Crds.Schema;
using SentryOtel.Crds.Validation;

namespace SentryOtel.Crds;

/// <summary>One Sentry organisation (or one project, by its DSN), and the gateway that feeds it.</summary>
[ValidationRule("has(self.orgSlug) != has(self.dsnSecretRef)", RuleMessages.OneCredential)]
[ValidationRule("has(self.orgSlug) == has(self.authTokenSecretRef)", RuleMessages.TokenWithOrganization)]
[ValidationRule("has(self.orgSlug) || !self.autoCreateProjects", RuleMessages.CreationNeedsOrganization)]
public sealed class SentryExporterSpec
{
    /// <summary>Base URL of Sentry, with its path prefix if it has one.</summary>
    [Default, Length(1, 2048), Pattern(Patterns.HttpUrl)]
    public string Url { get; set; } = "https://sentry.io";

    /// <summary>Slug of the Sentry organisation.</summary>
    [Length(1, 64), Pattern(Patterns.Slug)]
    public string? OrgSlug { get; set; }

    /// <summary>Auth token of an internal integration with project:read, and for creating projects project:write and team:read.</summary>
    public SecretKeyReference? AuthTokenSecretRef { get; set; }

    /// <summary>Create the projects of services nobody wrote a route for.</summary>
    [Default]
    public bool AutoCreateProjects { get; set; }

    /// <summary>DSN of the one project that takes everything no route claims; needs neither organisation nor token.</summary>
    public SecretKeyReference? DsnSecretRef { get; set; }

    /// <summary>How the project of a resource's data is found.</summary>
    [Default]
    public RoutingSpec Routing { get; set; } = new();

    /// <summary>How projects are made and kept in Sentry.</summary>
    [Default]
    public ProjectsSpec Projects { get; set; } = new();

    /// <summary>Longest time of one request to Sentry.</summary>
    [Default, Length(1, 32), Pattern(Patterns.Duration)]
    public string Timeout { get; set; } = "30s";

    /// <summary>How Sentry is spoken to over HTTP.</summary>
    [Default]
    public HttpSpec Http { get; set; } = new();

    /// <summary>Where and how telemetry enters Sentry.</summary>
    public IngestSpec? Ingest { get; set; }

    /// <summary>How items are gathered into requests. Absent values are the gateway's own.</summary>
    public BatchSpec? Batch { get; set; }

    /// <summary>How a failed request is tried again. Absent values are the gateway's own.</summary>
    public RetrySpec? Retry { get; set; }

    /// <summary>Where data waits for Sentry, and how much of it.</summary>
    [Default]
    public QueueSpec Queue { get; set; } = new();

    /// <summary>Routes made for workloads.</summary>
    [Default]
    public DiscoverySpec Discovery { get; set; } = new();

    /// <summary>Which SentryProjectRoutes this exporter accepts.</summary>
    [Default]
    public AllowedRoutesSpec AllowedRoutes { get; set; } = new();

    /// <summary>What happens to metrics.</summary>
    public MetricsSpec? Metrics { get; set; }

    /// <summary>The gateway's pods and how they are reached.</summary>
    [Default]
    public GatewaySpec Gateway { get; set; } = new();

    /// <summary>Keep hands off: nothing is created, changed or deleted in the cluster or in Sentry while true. A running gateway keeps running.</summary>
    [Default]
    public bool Suspend { get; set; }
}

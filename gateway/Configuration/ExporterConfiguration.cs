using System.Security.Authentication;
using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Sentry.Ingest;
using SentryOtel.Sentry.Routing;
using SentryOtel.Sentry.Slugs;

namespace SentryOtel.Gateway.Configuration;

/// <summary>One <c>sentry</c> exporter.</summary>
internal sealed record ExporterConfiguration
{
    /// <summary>Component id, <c>sentry</c> or <c>sentry/name</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The management API and its token; null for an exporter that knows projects by DSN or from Kubernetes alone.</summary>
    public SentryApiConfiguration? Api { get; init; }

    /// <summary>Where the routing table of an operator lies; null unless <c>projects.source</c> is <c>kubernetes</c>.</summary>
    public KubernetesSourceConfiguration? Kubernetes { get; init; }

    /// <summary>The one project for everything that no other rule sends elsewhere.</summary>
    public Dsn? Dsn { get; init; }

    /// <summary>Create projects for services that have none.</summary>
    public bool AutoCreateProjects { get; init; }

    /// <summary>Replaces scheme, host, port and path prefix of the ingest addresses that Sentry names.</summary>
    public Uri? IngestUrl { get; init; }

    public required RoutingConfiguration Routing { get; init; }

    public required ProjectsConfiguration Projects { get; init; }

    public required HttpConfiguration Http { get; init; }

    public required QueueConfiguration Queue { get; init; }

    public required RetryConfiguration Retry { get; init; }

    /// <summary>Where metrics go; null for nowhere.</summary>
    public ForwardingConfiguration? MetricsForwarding { get; init; }

    /// <summary>Bound of one attempt to send.</summary>
    public required TimeSpan Timeout { get; init; }
}

/// <summary>The management API.</summary>
internal sealed record SentryApiConfiguration(Uri Url, string Organization, Secret Token);

/// <summary>The exporter resource that the gateway serves.</summary>
internal sealed record KubernetesSourceConfiguration(string Exporter, string? Namespace);

/// <summary>From attribute to project.</summary>
internal sealed record RoutingConfiguration
{
    /// <summary>Of a project without a weight of its own.</summary>
    public const int UsualWeight = 1;

    /// <summary>A larger share would leave the others next to nothing.</summary>
    public const int MaxWeight = RouteEntry.MaxWeight;

    public string ProjectFromAttribute { get; init; } = "service.name";

    /// <summary>Value of the attribute to project slug.</summary>
    public IReadOnlyDictionary<string, string> ProjectMapping { get; init; } = new Dictionary<string, string>();

    /// <summary>Value of the attribute to DSN.</summary>
    public IReadOnlyDictionary<string, Dsn> DsnMapping { get; init; } = new Dictionary<string, Dsn>();

    /// <summary>Slug of the project for data without the attribute; null to drop such data.</summary>
    public string? FallbackProject { get; init; }

    public SlugPolicy SlugPolicy { get; init; }

    /// <summary>Slug, or id of a project that is known by its DSN alone, to its share of the senders as a multiple of the others'.</summary>
    public IReadOnlyDictionary<string, int> ProjectWeights { get; init; } = new Dictionary<string, int>();

    /// <summary>The weight of a project.</summary>
    public int WeightOf(string project) => ProjectWeights.GetValueOrDefault(project, UsualWeight);
}

/// <summary>How projects are made.</summary>
internal sealed record ProjectsConfiguration
{
    public string? Team { get; init; }

    public string? Platform { get; init; }

    /// <summary>Most projects of this exporter's making, counted in Sentry. 500.</summary>
    public int MaxAutoCreated { get; init; } = 500;

    /// <summary>Most projects created in a minute. 120.</summary>
    public int MaxCreatedPerMinute { get; init; } = 120;

    /// <summary>Patterns of services that may get a project by themselves; empty for all.</summary>
    public ValueList<string> AllowedServices { get; init; } = ValueList<string>.Empty;

    /// <summary>Patterns of services that may not.</summary>
    public ValueList<string> DeniedServices { get; init; } = ValueList<string>.Empty;

    /// <summary>Make a project anew that was deleted in Sentry.</summary>
    public bool RecreateDeleted { get; init; }

    /// <summary>How often known projects are compared with Sentry. 5 min.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>The way to Sentry.</summary>
internal sealed record HttpConfiguration
{
    /// <summary>PEM text of the authorities to trust; null for the system's.</summary>
    public string? CertificateAuthorities { get; init; }

    /// <summary>Whether the system's authorities are trusted besides <see cref="CertificateAuthorities"/>.</summary>
    public bool IncludeSystemAuthorities { get; init; }

    /// <summary>PEM text of the certificate, with its chain, that the gateway shows; null for none.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>PEM text of its key.</summary>
    public Secret? ClientKey { get; init; }

    /// <summary>Protocol versions; none for the system's choice.</summary>
    public SslProtocols TlsVersions { get; init; }

    /// <summary>False opens a connection for each request.</summary>
    public bool KeepAlives { get; init; } = true;

    /// <summary>How long an idle connection is kept. 90 s.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Silence on an HTTP/2 connection after which it is pinged. 15 s.</summary>
    public TimeSpan PingAfter { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the answer to a ping may take. 10 s.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public bool InsecureSkipVerify { get; init; }

    public string? ServerName { get; init; }

    public Uri? ProxyUrl { get; init; }

    public IReadOnlyDictionary<string, Secret> Headers { get; init; } = new Dictionary<string, Secret>();

    public bool Gzip { get; init; } = true;

    /// <summary>Most connections to one host; null for as many as the senders need.</summary>
    public int? MaxConnectionsPerHost { get; init; }
}

/// <summary>What may wait.</summary>
internal sealed record QueueConfiguration
{
    /// <summary>Batches in flight at a time, over all projects. 32.</summary>
    public int Consumers { get; init; } = 32;

    /// <summary>Batches in flight at a time to one project and signal. 4.</summary>
    public int ConsumersPerProject { get; init; } = 4;

    /// <summary>Where data wait; null for in memory alone.</summary>
    public DiskQueueConfiguration? Disk { get; init; }

    /// <summary>Bytes waiting in the whole exporter; no bound of its own in memory, where <c>memory_limiter</c> has one. On disk 1 GiB.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;

    /// <summary>What gives way when there is no room.</summary>
    public OverflowPolicy Overflow { get; init; }

    /// <summary>How this exporter batches, whatever its pipelines say; null to follow them.</summary>
    public BatchConfiguration? Batch { get; init; }

    /// <summary>Bytes waiting for one project and signal. 64 MiB in memory, a quarter of the whole on disk.</summary>
    public long MaxBytesPerProject { get; init; } = 64L * 1024 * 1024;

    /// <summary>Longest time that data wait for anything. 10 min.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(10);

    public ParkingConfiguration Parking { get; init; } = new();
}

/// <summary>What gives way when a queue is full.</summary>
internal enum OverflowPolicy
{
    /// <summary>New data: the client is told to come back.</summary>
    Refuse,

    /// <summary>The oldest data, which are dropped and counted.</summary>
    DropOldest,
}

/// <summary>A queue on disk.</summary>
/// <param name="Directory">Where it lies: each exporter in a folder of its own below.</param>
/// <param name="CreateDirectory">Make the directory when it is not there.</param>
/// <param name="Sync">Answer clients after the data reached the disk. False: after the operating system took them, which a crash of the process survives and one of the machine does not.</param>
internal sealed record DiskQueueConfiguration(string Directory, bool CreateDirectory, bool Sync)
{
    /// <summary>Bytes of disk unless configured. 1 GiB.</summary>
    public const long DefaultMaxBytes = 1L << 30;

    /// <summary>Longest wait unless configured. 24 h.</summary>
    public static readonly TimeSpan DefaultMaxAge = TimeSpan.FromHours(24);
}

/// <summary>What may wait for a project that is not there yet.</summary>
internal sealed record ParkingConfiguration
{
    /// <summary>32 MiB.</summary>
    public long MaxBytes { get; init; } = 32L * 1024 * 1024;

    /// <summary>5 min.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes of one service, so that none can take all the room. 8 MiB.</summary>
    public long MaxBytesPerService { get; init; } = 8L * 1024 * 1024;

    /// <summary>Values of the routing attribute that wait at a time. 200.</summary>
    public int MaxServices { get; init; } = 200;
}

/// <summary>The Collector's <c>retry_on_failure</c>, with its defaults.</summary>
internal sealed record RetryConfiguration
{
    public bool Enabled { get; init; } = true;

    public TimeSpan InitialInterval { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan MaxInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From the first attempt on; zero for no bound but the age.</summary>
    public TimeSpan MaxElapsedTime { get; init; } = TimeSpan.FromMinutes(5);

    public double Multiplier { get; init; } = 1.5;

    public double RandomizationFactor { get; init; } = 0.5;
}

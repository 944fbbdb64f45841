using SentryOtel.Cli.Clusters;
using SentryOtel.Cli.Tracing;
using SentryOtel.Crds;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Cli.Tests.Tracing;

/// <summary>A cluster in which all is well with the service orders; tests spoil one thing.</summary>
internal sealed class TraceWorld
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public SentryExporter Exporter { get; } = new()
    {
        Metadata = new V1ObjectMeta { Name = "main", Namespace = "observability", Uid = "e", Generation = 1, CreationTimestamp = Now.AddDays(-1) },
        Spec = new SentryExporterSpec { OrgSlug = "acme", AuthTokenSecretRef = new SecretKeyReference { Name = "sentry", Key = "token" } },
        Status = new SentryExporterStatus
        {
            Conditions = [True("Ready"), True("CredentialsValid"), True("GatewayAvailable")],
            Endpoint = new ExporterEndpoint { Grpc = "http://main-gateway.observability.svc:4317", Http = "http://main-gateway.observability.svc:4318" },
        },
    };

    public List<SentryProjectRoute> Routes { get; } = [Route("orders", "orders")];

    public List<GatewayPod> Pods { get; } = [Pod("main-gateway-a", 7)];

    public List<GatewayAnswer> Answers { get; } = [];

    public List<TracedWorkload> Workloads { get; } = [];

    public RouteEntry? Entry { get; set; } = new() { Value = "orders", State = RouteState.Active, Generation = 5 };

    public SentryProjectRoute Orders => Routes[0];

    public TraceReport Trace(string service = "orders") => Tracer.Trace(new TraceInput
    {
        Service = service,
        Exporter = Exporter,
        Routes = Routes,
        Entry = Entry,
        IsTableKnown = true,
        Pods = Pods,
        Answers = Answers,
        Workloads = Workloads,
        Now = Now,
    });

    /// <summary>Every step that is not as it should be, with its cure.</summary>
    public static IEnumerable<(TraceMark Mark, string Text, string? Cure)> Problems(TraceReport report) => report.Steps
        .SelectMany(static step => step.All())
        .Where(static step => step.Mark is TraceMark.Bad or TraceMark.Unsure)
        .Select(static step => (step.Mark, step.Text, step.Cure));

    public static V1Condition True(string type) => new() { Type = type, Status = "True", Reason = type, Message = $"{type} holds" };

    public static V1Condition False(string type, string reason, string message) => new() { Type = type, Status = "False", Reason = reason, Message = message };

    public static SentryProjectRoute Route(string name, string service, int ageInHours = 2) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Namespace = "observability", Uid = name, Generation = 1, CreationTimestamp = Now.AddHours(-ageInHours) },
        Spec = new SentryProjectRouteSpec
        {
            ExporterRef = new ExporterReference { Name = "main" },
            AttributeValue = service,
            Project = new RouteProjectSpec { Slug = service },
        },
        Status = new SentryProjectRouteStatus
        {
            Conditions = [True("Accepted"), True("ProjectReady"), True("Programmed"), True("Ready")],
            Project = new RouteProjectStatus { Slug = service },
            Origin = RouteOrigin.Discovered,
        },
    };

    public static GatewayPod Pod(string name, long? generation) => new(
        new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = name, Namespace = "observability" },
            Status = new V1PodStatus { Conditions = [True("Ready")] },
        },
        generation is null ? null : new V1Lease
        {
            Metadata = new V1ObjectMeta { Annotations = new Dictionary<string, string> { ["sentry-otel.dev/routing-table-generation"] = $"{generation}" } },
        });

    public static RoutesView View(params RouteView[] routes) => new(
        "0.1.0", Now, Now.AddHours(-1), null, new MemoryView(0, 1, 1), [], [new ExporterView("sentry", null, null, 0, 0, [], [], [], [], routes)]);

    public static RouteView Queue(string signal, long accepted, long sent) => new()
    {
        Queue = "1",
        Project = "orders",
        Signal = signal,
        Services = ["orders"],
        ServiceCount = 1,
        State = "ok",
        QueuedItems = 0,
        QueuedBytes = 0,
        InFlight = 0,
        HeldForSeconds = 0,
        Accepted = accepted,
        Sent = sent,
        Dropped = new Dictionary<string, long>(),
        Retries = 0,
        LastSeen = Now.AddSeconds(-5),
    };
}

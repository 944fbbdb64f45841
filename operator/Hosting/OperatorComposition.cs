using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Kubernetes.LeaderElection;
using SentryOtel.Operator.Children;
using SentryOtel.Operator.Configuration;
using SentryOtel.Operator.Controllers;
using SentryOtel.Operator.Credentials;
using SentryOtel.Operator.Discovery;
using SentryOtel.Operator.Planning;
using SentryOtel.Operator.Projects;
using SentryOtel.Operator.References;
using SentryOtel.Operator.Routes;
using SentryOtel.Operator.RoutingTables;
using SentryOtel.Operator.Telemetry;
using SentryOtel.Operator.Traffic;

namespace SentryOtel.Operator.Hosting;

/// <summary>The operator put together: one host with all its controllers, and what they share.</summary>
internal sealed class OperatorComposition : IAsyncDisposable
{
    private const string ReportingController = SentryOtelGroup.Group + "/operator";

    private readonly ExporterConnections _connections;
    private readonly ProjectCatalogs _catalogs = new();
    private readonly IDisposable _gateways;
    private readonly ResourceMetrics _resources;

    /// <param name="client">For everything but leader election.</param>
    /// <param name="leaderElectionClient">For the Lease alone; may be null without leader election.</param>
    /// <param name="options">How it runs.</param>
    /// <param name="loggerFactory">Logs of everything.</param>
    /// <param name="timeProvider">Clock of everything.</param>
    /// <param name="random">Jitter of everything.</param>
    /// <param name="workloads">The kinds of workloads that the server serves; null for an operator that discovers none.</param>
    public OperatorComposition(
        IKubernetesClient client,
        IKubernetesClient? leaderElectionClient,
        OperatorOptions options,
        ILoggerFactory loggerFactory,
        TimeProvider timeProvider,
        Random random,
        ServedWorkloads? workloads = null)
    {
        var builder = new OperatorHostBuilder(client, HostOptions(leaderElectionClient, options, loggerFactory, timeProvider, random));
        var references = options.WatchSecrets ? AddReferences(builder, options.MaxWatchedSecrets, loggerFactory) : null;
        _connections = new ExporterConnections(client, timeProvider, random, loggerFactory, references);
        var services = new OperatorServices
        {
            Options = options,
            Client = client,
            Status = new StatusWriter(client, OperatorOptions.FieldManager),
            Events = builder.Events,
            Connections = _connections,
            References = references,
            Catalogs = _catalogs,
            LoggerFactory = loggerFactory,
            TimeProvider = timeProvider,
        };
        var routes = RouteIndex.AddTo(builder);
        var planned = new PlannedServices();
        var discovery = new DiscoveryBoard();
        var tables = new RoutingTableBoard();
        builder.AddExporterController(services, routes, random, planned, discovery, tables);
        var traffic = new TrafficBoard(options.TrafficTimes.LeastPause, timeProvider);
        var routeController = builder.AddProjectRouteController(services, routes, options.RouteTimes, random, traffic);
        _gateways = builder.AddTrafficReporter(services, routes, traffic, routeController, GatewayReader.CreateHandler());
        builder.AddRoutingTableController(services, routes, board: tables);
        if (workloads is not null)
        {
            builder.AddDiscoveryController(services, routes, workloads, planned, discovery);
        }

        _resources = new ResourceMetrics(builder.Informer<SentryExporter>().Store, routes.Informer.Store);
        Host = builder.Build();
    }

    /// <summary>Serialisers of all that the operator reads and writes beside Kubernetes' own; its clients need them too.</summary>
    public static IReadOnlyList<IJsonTypeInfoResolver> JsonTypeInfoResolvers { get; } = [CrdJsonContext.Default, WorkloadJsonContext.Default, ChildJsonContext.Default];

    /// <summary>The host, to be run once.</summary>
    public OperatorHost Host { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync().ConfigureAwait(false);
        _resources.Dispose();
        _gateways.Dispose();
        _catalogs.Dispose();
        _connections.Dispose();
    }

    private static ReferencedObjects AddReferences(OperatorHostBuilder builder, int maxWatches, ILoggerFactory loggerFactory)
    {
        var references = new ReferencedObjects(Watch, maxWatches, loggerFactory.CreateLogger<ReferencedObjects>());
        builder.AddRunnable(references);
        return references;

        IObjectWatch Watch(ObjectReference reference, Action<ObjectWatchState> changed) => reference.Kind == ReferencedKind.Secret
            ? builder.ObjectWatch<V1SecretMetadata>(reference.Key, changed)
            : builder.ObjectWatch<V1ConfigMapMetadata>(reference.Key, changed);
    }

    private static OperatorHostOptions HostOptions(
        IKubernetesClient? leaderElectionClient, OperatorOptions options, ILoggerFactory loggerFactory, TimeProvider timeProvider, Random random) => new()
        {
            WatchNamespaces = options.WatchNamespaces,
            JsonTypeInfoResolvers = JsonTypeInfoResolvers,
            HealthProbeBindAddress = options.HealthProbeBindAddress,
            MetricsBindAddress = options.MetricsBindAddress,
            LeaderElectionClient = options.LeaderElect ? leaderElectionClient : null,
            LeaderElection = !options.LeaderElect
                ? null
                : new LeaderElectionOptions
                {
                    LeaseName = OperatorOptions.LeaseName,
                    LeaseNamespace = options.LeaderElectionNamespace,
                    Identity = $"{options.InstanceName}_{Guid.NewGuid()}",
                    LeaseDuration = options.Times.LeaseDuration,
                    RenewDeadline = options.Times.RenewDeadline,
                    RetryPeriod = options.Times.RetryPeriod,
                },
            ReportingController = ReportingController,
            LoggerFactory = loggerFactory,
            TimeProvider = timeProvider,
            Random = random,
        };
}

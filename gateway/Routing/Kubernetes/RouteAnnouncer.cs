using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Queueing;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Routing.Kubernetes;

/// <summary>
/// Makes a SentryProjectRoute for a service that nobody announced. The name follows from the value, so that all replicas, and the operator, write the same object; their number and rate are
/// bounded, since the values come from the network.
/// </summary>
/// <param name="client">The cluster.</param>
/// <param name="ns">Namespace of the exporter.</param>
/// <param name="exporter">Name of the exporter.</param>
/// <param name="projects">How many there may be, and how many are made in a minute; as many as in a minute may be made at once.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="logger">Where failures are told.</param>
internal sealed class RouteAnnouncer(
    IKubernetesClient client, string ns, string exporter, ProjectsConfiguration projects, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>Bound of the attribute's value in the custom resource.</summary>
    public const int MaxValueLength = 256;

    private const int MaxPending = 1000;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    private readonly Channel<(string Value, string Slug)> _pending = Channel.CreateBounded<(string, string)>(MaxPending);
    private readonly AnnouncementRoom _room = new(projects.MaxAutoCreated, timeProvider);
    private readonly BucketRateLimiter<string> _rate = new(projects.MaxCreatedPerMinute / 60.0, projects.MaxCreatedPerMinute, timeProvider);
    private readonly LogThrottle _throttle = new(timeProvider);
    private int _made;

    /// <summary>Whether a service may get a route beside those of the table, or gets one already.</summary>
    public bool HasRoom(LoadedTable table, string value, string slug) => _room.Holds(table, value, slug);

    /// <summary>Asks for a route; asking again within a minute does nothing.</summary>
    public void Announce(LoadedTable table, string value, string slug)
    {
        if (_room.TryEnter(table, value, slug) && !_pending.Writer.TryWrite((value, slug)))
        {
            _room.Leave(value);
        }
    }

    /// <summary>Takes a new table.</summary>
    public void Settle(LoadedTable table) => _room.Settle(table);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var (value, slug) in _pending.Reader.ReadAllAsync(cancellationToken))
        {
            try
            {
                await Task.Delay(_rate.When(value), timeProvider, cancellationToken);
                await ApplyAsync(value, slug, cancellationToken);
            }
            finally
            {
                _room.Done(value);
            }

            await Task.Delay(Pace, timeProvider, cancellationToken);
        }
    }

    private async Task ApplyAsync(string value, string slug, CancellationToken cancellationToken)
    {
        var name = RouteObjectName.For(exporter, value);
        try
        {
            await client.ApplyAsync(Manifest(name, value, slug), new ApplyOptions { FieldManager = "sentry-otel-gateway" }, cancellationToken);
            Log.RouteAnnounced(logger, name, exporter, ++_made);
        }
        catch (KubernetesException exception) when (exception.IsConflict)
        {
            // Someone made it their own: their route, then.
            Log.RouteKept(logger, name, exporter);
        }
        catch (Exception exception) when (exception is KubernetesException or NoKindMatchException or HttpRequestException or IOException or TimeoutException)
        {
            if (_throttle.TryPass(exception.GetType().Name, out var suppressed))
            {
                Log.RouteNotAnnounced(logger, exception, name, exporter, suppressed);
            }
        }
    }

    private JsonObject Manifest(string name, string value, string slug) => new()
    {
        ["apiVersion"] = "sentry-otel.dev/v1alpha1",
        ["kind"] = "SentryProjectRoute",
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["namespace"] = ns,
            ["annotations"] = new JsonObject { ["sentry-otel.dev/origin"] = "Telemetry" },
        },
        ["spec"] = new JsonObject
        {
            ["exporterRef"] = new JsonObject { ["name"] = exporter },
            ["attributeValue"] = value,
            ["project"] = new JsonObject { ["slug"] = slug },
        },
    };
}

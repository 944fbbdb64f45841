using System.Globalization;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Gateway.Routing.Kubernetes;

/// <summary>Says in a Lease which routing table this replica serves from, right after each change and every 30 s: the operator calls a route programmed when every live Lease has it.</summary>
/// <param name="client">The cluster.</param>
/// <param name="ns">Namespace of the exporter.</param>
/// <param name="exporter">Name of the exporter.</param>
/// <param name="identity">Who this replica is.</param>
/// <param name="generation">The table loaded; null while there is none.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="logger">Where failures are told.</param>
internal sealed class TableLease(
    IKubernetesClient client, string ns, string exporter, GatewayIdentity identity, Func<long?> generation, TimeProvider timeProvider, ILogger logger) : IDisposable
{
    public const int DurationSeconds = 90;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    private readonly LogThrottle _throttle = new(timeProvider);
    private readonly SemaphoreSlim _changed = new(0, 1);
    private DateTimeOffset? _acquired;

    /// <summary>Writes the Lease soon.</summary>
    public void Touch()
    {
        lock (_changed)
        {
            if (_changed.CurrentCount == 0)
            {
                _changed.Release();
            }
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var pause = generation() is not { } loaded || await TryWriteAsync(loaded, cancellationToken) ? Interval : AfterFailure;
            using var elapsed = new CancellationTokenSource(pause, timeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(elapsed.Token, cancellationToken);
            try
            {
                await _changed.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                continue;
            }
        }
    }

    public void Dispose() => _changed.Dispose();

    private async Task<bool> TryWriteAsync(long loaded, CancellationToken cancellationToken)
    {
        try
        {
            await client.ApplyAsync(Lease(loaded), new ApplyOptions { FieldManager = "sentry-otel-gateway", Force = true }, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is KubernetesException or HttpRequestException or IOException or TimeoutException)
        {
            if (_throttle.TryPass(exception.GetType().Name, out var suppressed))
            {
                Log.LeaseNotWritten(logger, exception, exporter, suppressed);
            }

            return false;
        }
    }

    private V1Lease Lease(long loaded)
    {
        var now = timeProvider.GetUtcNow();
        _acquired ??= now;
        return new V1Lease
        {
            Metadata = new V1ObjectMeta
            {
                Name = $"{exporter}-gateway-{identity.Instance}",
                Namespace = ns,
                Labels = new Dictionary<string, string>
                {
                    ["sentry-otel.dev/exporter"] = exporter,
                    ["app.kubernetes.io/component"] = "gateway",
                },
                Annotations = new Dictionary<string, string>
                {
                    ["sentry-otel.dev/routing-table-generation"] = loaded.ToString(CultureInfo.InvariantCulture),
                },
                OwnerReferences = identity.PodUid is null
                    ? null
                    : [new V1OwnerReference { ApiVersion = "v1", Kind = "Pod", Name = identity.Instance, Uid = identity.PodUid }],
            },
            Spec = new V1LeaseSpec { HolderIdentity = identity.Instance, LeaseDurationSeconds = DurationSeconds, AcquireTime = _acquired, RenewTime = now },
        };
    }
}

/// <summary>Who a replica is.</summary>
/// <param name="Instance">Name of the pod, or of the host.</param>
/// <param name="PodUid">Uid of the pod; null when it is not known.</param>
internal sealed record GatewayIdentity(string Instance, string? PodUid)
{
    /// <summary>From <c>POD_NAME</c> and <c>POD_UID</c>, else from the host's name.</summary>
    public static GatewayIdentity From(Func<string, string?> environment) =>
        environment("POD_NAME") is { Length: > 0 } pod
            ? new GatewayIdentity(pod, environment("POD_UID") is { Length: > 0 } uid ? uid : null)
            : new GatewayIdentity(Environment.MachineName.ToLowerInvariant(), null);
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Metrics;
using SentryOtel.Kubernetes.Serialization;

namespace SentryOtel.Kubernetes.LeaderElection;

/// <summary>
/// The rules of the Lease (client-go's tryAcquireOrRenew). Every write is guarded by the resourceVersion it is based on.
/// Times written by others are never compared with our clock: a lease has expired when its record has not changed, as we
/// measured, for the duration that it names itself.
/// </summary>
internal sealed class LeaseLock(
    IKubernetesClient client, LeaderElectionOptions options, TimeProvider timeProvider, ILogger logger, RuntimeMetrics? metrics)
{
    private ObservedLease? _observed;

    public string? Holder => _observed?.Holder;

    /// <summary>The moment from which our latest renewal counts: taken before it was sent.</summary>
    public long RenewedAt { get; private set; }

    private bool IsMine => Holder == options.Identity;

    public async Task<LeaseAttempt> TryAcquireOrRenewAsync(CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        if (IsMine && timeProvider.GetElapsedTime(RenewedAt) < options.LeaseDuration)
        {
            if (await TryWriteAsync(_observed!.Lease, started, cancellationToken).ConfigureAwait(false))
            {
                return LeaseAttempt.Held;
            }

            metrics?.LeaderSlowpath.Add(1, new KeyValuePair<string, object?>("name", options.LeaseName));
        }

        return await TryFromServerAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives up a lease that is ours; a conflict means that it has been read too early, so it is read again.</summary>
    public async Task<bool> TryReleaseAsync(CancellationToken cancellationToken)
    {
        var current = await client.GetAsync<V1Lease>(options.LeaseName, options.LeaseNamespace, cancellationToken).ConfigureAwait(false);
        if (current?.Spec?.HolderIdentity != options.Identity)
        {
            return true;
        }

        var spec = new V1LeaseSpec
        {
            LeaseDurationSeconds = 1,
            AcquireTime = timeProvider.GetUtcNow(),
            RenewTime = timeProvider.GetUtcNow(),
        };
        try
        {
            Observe(await PatchAsync(current, spec, released: true, cancellationToken).ConfigureAwait(false));
            return true;
        }
        catch (KubernetesException exception) when (exception.IsConflict)
        {
            Log.ReleaseConflict(logger, options.LeaseNamespace, options.LeaseName);
            return false;
        }
    }

    private async Task<LeaseAttempt> TryFromServerAsync(CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        var current = await client.GetAsync<V1Lease>(options.LeaseName, options.LeaseNamespace, cancellationToken).ConfigureAwait(false);
        if (current is null)
        {
            return await TryCreateAsync(started, cancellationToken).ConfigureAwait(false) ? LeaseAttempt.Held : LeaseAttempt.Failed;
        }

        Observe(current);
        if (Holder is not null && !IsMine && timeProvider.GetElapsedTime(_observed!.Since) < DurationOf(current))
        {
            return LeaseAttempt.HeldByOther;
        }

        return await TryWriteAsync(current, started, cancellationToken).ConfigureAwait(false) ? LeaseAttempt.Held : LeaseAttempt.Failed;
    }

    private async Task<bool> TryCreateAsync(long started, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var lease = new V1Lease
        {
            Metadata = new V1ObjectMeta { Name = options.LeaseName, Namespace = options.LeaseNamespace },
            Spec = Record(now, transitions: 0),
        };
        try
        {
            Renewed(await client.CreateAsync(lease, null, cancellationToken).ConfigureAwait(false), started);
            return true;
        }
        catch (KubernetesException exception) when (exception.IsAlreadyExists)
        {
            Log.LostRace(logger, options.LeaseNamespace, options.LeaseName);
            return false;
        }
    }

    private async Task<bool> TryWriteAsync(V1Lease basis, long started, CancellationToken cancellationToken)
    {
        var transitions = basis.Spec?.LeaseTransitions ?? 0;
        var spec = basis.Spec?.HolderIdentity == options.Identity
            ? Record(basis.Spec.AcquireTime ?? timeProvider.GetUtcNow(), transitions)
            : Record(timeProvider.GetUtcNow(), transitions + 1);
        try
        {
            Renewed(await PatchAsync(basis, spec, released: false, cancellationToken).ConfigureAwait(false), started);
            return true;
        }
        catch (KubernetesException exception) when (exception.IsConflict || exception.IsNotFound)
        {
            Log.LostRace(logger, options.LeaseNamespace, options.LeaseName);
            return false;
        }
    }

    private Task<V1Lease> PatchAsync(V1Lease basis, V1LeaseSpec spec, bool released, CancellationToken cancellationToken)
    {
        var fields = JsonSerializer.SerializeToNode(spec, KubernetesJsonContext.Default.V1LeaseSpec)!.AsObject();
        if (released)
        {
            fields["holderIdentity"] = null;
        }

        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = basis.Metadata.ResourceVersion },
            ["spec"] = fields,
        };
        return client.PatchAsync<V1Lease>(options.LeaseName, options.LeaseNamespace, patch, null, cancellationToken);
    }

    private V1LeaseSpec Record(DateTimeOffset acquired, int transitions) => new()
    {
        HolderIdentity = options.Identity,
        LeaseDurationSeconds = (int)options.LeaseDuration.TotalSeconds,
        AcquireTime = acquired,
        RenewTime = timeProvider.GetUtcNow(),
        LeaseTransitions = transitions,
    };

    private void Renewed(V1Lease lease, long started)
    {
        Observe(lease);
        RenewedAt = started;
    }

    /// <summary>A record that has changed counts from now on; one that has not, from when it was first seen.</summary>
    private void Observe(V1Lease lease) =>
        _observed = _observed is { } known && known.SameRecord(lease)
            ? known with { Lease = lease }
            : new ObservedLease(lease, timeProvider.GetTimestamp());

    private TimeSpan DurationOf(V1Lease lease) =>
        lease.Spec?.LeaseDurationSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : options.LeaseDuration;
}

using System.Text.Json;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.Children;
using SentryOtel.Operator.Gateways;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Controllers;

/// <summary>
/// Brings the gateway of an exporter in line: its own, or the shared one whose host it is. A guest has none; what it had before it became one, or before it ceased to be, goes
/// once the other serves it.
/// </summary>
/// <param name="services">What controllers work with.</param>
/// <param name="workloads">The cached workloads.</param>
/// <param name="gateways">The cached Services: each gateway has one.</param>
/// <param name="sharing">Who shares.</param>
/// <param name="guests">Whom a shared gateway serves.</param>
/// <param name="leases">Whom gateways say that they serve.</param>
internal sealed class GatewayRollout(
    OperatorServices services, GatewayWorkloads workloads, IStore<V1Service> gateways, SharedGateways sharing, GatewayGuests guests, GatewayLeases leases)
{
    private readonly GatewayChildren _children = new(services.Client);
    private readonly SettledChildren _settled = new(services.Options.Times.SafetyPoll, services.TimeProvider);

    /// <summary>Forgets what is remembered of an exporter.</summary>
    public void Forget(ObjectKey exporter)
    {
        _children.Forget(exporter);
        _settled.Forget(exporter);
    }

    /// <summary>Applies what is wanted and removes what is not any more.</summary>
    /// <param name="exporter">The exporter.</param>
    /// <param name="mayHaveLeftClaims">Whether its gateway was on disk once.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    public async Task<GatewayOutcome> ApplyAsync(SentryExporter exporter, bool mayHaveLeftClaims, CancellationToken cancellationToken)
    {
        // Taken before anything is written: what changes while children are applied is looked at again. A shared gateway hangs on others as well.
        var live = workloads.VersionsOf(exporter);
        if (!exporter.Spec.Gateway.Shared && _settled.Find(exporter, live) is { } settled)
        {
            return new GatewayOutcome { Children = settled };
        }

        var versions = await VersionChoice.AskAsync(services.Client.Discovery, exporter.Spec, cancellationToken).ConfigureAwait(false);
        var inputs = new GatewayInputs(exporter, services.Options.GatewayImage, versions)
        {
            ImagePullPolicy = services.Options.GatewayImagePullPolicy,
            HasFixedUser = services.Options.GatewayHasFixedUser,
        };
        var sharers = sharing.SharersOf(exporter);
        var outcome = new GatewayOutcome();
        if (!exporter.Spec.Gateway.Shared)
        {
            outcome = new GatewayOutcome { Children = await _children.ApplyAsync(inputs, mayHaveLeftClaims, cancellationToken).ConfigureAwait(false) };
        }
        else if (sharers[0].Metadata.Uid == exporter.Metadata.Uid)
        {
            var (served, heldBackBy) = await guests.AdmitAsync(sharers, cancellationToken).ConfigureAwait(false);
            inputs = inputs with { Guests = served, Owners = sharing.OwnersIn(exporter.Metadata.Namespace!) };
            outcome = heldBackBy is not null
                ? new GatewayOutcome { HeldBackBy = heldBackBy }
                : new GatewayOutcome { Children = await _children.ApplyAsync(inputs, mayHaveLeftClaims, cancellationToken).ConfigureAwait(false) };
        }

        outcome = outcome with { IsMoving = await LeaveFormerAsync(inputs, sharers, cancellationToken).ConfigureAwait(false) };
        if (outcome is { IsMoving: false, Children: { } children })
        {
            _settled.Keep(exporter, live, children);
        }

        return outcome;
    }

    // True while there is a gateway to leave that has to go on until then.
    private async Task<bool> LeaveFormerAsync(GatewayInputs inputs, IReadOnlyList<SentryExporter> sharers, CancellationToken cancellationToken)
    {
        var exporter = inputs.Exporter;
        var (shares, space) = (exporter.Spec.Gateway.Shared, exporter.Metadata.Namespace!);
        var owners = GatewayOwners.Of(exporter.Metadata.Uid!) with { IsShared = !shares };
        var service = gateways.Get(new ObjectKey(space, shares ? Naming.Gateway(exporter.Metadata.Name!) : Naming.SharedGateway));
        if (!owners.Own(service?.Metadata.OwnerReferences) || (!shares && sharing.In(space).Count > 0))
        {
            // The host of those that still share takes the name of an exporter that left out of theirs.
            return false;
        }

        if (!IsServed(exporter, sharers))
        {
            return true;
        }

        var former = new GatewayInputs(With(exporter, shared: !shares), inputs.DefaultImage, inputs.Versions) { Owners = owners };
        await _children.RemoveAsync(former, cancellationToken).ConfigureAwait(false);
        return false;
    }

    private bool IsServed(SentryExporter exporter, IReadOnlyList<SentryExporter> sharers)
    {
        if (workloads.Of(exporter, sharers[0].Spec.Queue.Storage).Present is not { } workload)
        {
            return false;
        }

        return workload.Wanted == 0
            || (workload.IsAvailable && (!exporter.Spec.Gateway.Shared || SharedGatewayState.IsServed(workload, leases.OfShared(exporter, sharers, isServed: false))));
    }

    private static SentryExporter With(SentryExporter exporter, bool shared)
    {
        var spec = JsonSerializer.Deserialize(
            JsonSerializer.SerializeToUtf8Bytes(exporter.Spec, CrdJsonContext.Default.SentryExporterSpec), CrdJsonContext.Default.SentryExporterSpec)!;
        spec.Gateway.Shared = shared;
        return new SentryExporter { Metadata = exporter.Metadata, Spec = spec };
    }
}

/// <summary>What came of bringing an exporter's gateway in line.</summary>
internal sealed record GatewayOutcome
{
    /// <summary>What came of the children; null when there are none, or they were left alone.</summary>
    public ChildrenOutcome? Children { get; init; }

    /// <summary>The guest, and its trouble, for which a shared gateway is left as it is; null when none is in the way.</summary>
    public string? HeldBackBy { get; init; }

    /// <summary>Whether the exporter changes from one gateway to another.</summary>
    public bool IsMoving { get; init; }
}

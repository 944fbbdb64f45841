using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Children;

/// <summary>What came of bringing the children in line.</summary>
/// <param name="Conflict">An object of somebody else's that has the name of a child; null when there is none, and then all is applied.</param>
/// <param name="NotServed">What was asked for and the server does not serve.</param>
internal sealed record ChildrenOutcome(string? Conflict, IReadOnlyList<string> NotServed)
{
    /// <summary>Kind of the workload that still serves until the one of the other storage is ready; null when there is none.</summary>
    public string? Leaving { get; init; }

    /// <summary>Whether other volume claims are wanted than the StatefulSet was made with.</summary>
    public bool KeepsClaimTemplate { get; init; }

    /// <summary>Somebody else's autoscaler that owns the number of pods; null when there is none.</summary>
    public string? ForeignAutoscaler { get; init; }

    /// <summary>Volume claims that no pod will use; null when nobody had to look.</summary>
    public IReadOnlyList<string>? LeftClaims { get; init; }

    /// <summary>Whether something was not as it should be, and was written.</summary>
    public bool HasWritten { get; init; }

    /// <summary>Whether nothing of this changes but by what the operator is told of. What else is wrong is for somebody to cure, unseen by us.</summary>
    public bool IsSettled => Conflict is null && Leaving is null && ForeignAutoscaler is null && NotServed.Count == 0 && LeftClaims is null or { Count: 0 };
}

/// <summary>All children of an exporter. Nothing is written while one of them has the name of somebody else's object.</summary>
internal sealed class GatewayChildren(IKubernetesClient client)
{
    private readonly ChildWriter _writer = new(client);
    private readonly AbsentChildren _absent = new();

    /// <summary>Forgets what is remembered of an exporter's children.</summary>
    public void Forget(ObjectKey exporter) => _absent.Forget(exporter);

    /// <param name="inputs">The gateway.</param>
    /// <param name="looksForClaims">Whether claims may be left from before: the gateway was on disk once.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    public async Task<ChildrenOutcome> ApplyAsync(GatewayInputs inputs, bool looksForClaims, CancellationToken cancellationToken)
    {
        var owners = inputs.Owners;
        inputs = inputs with { ForeignAutoscaler = await ForeignAutoscaler.FindAsync(client, inputs, cancellationToken).ConfigureAwait(false) };
        var children = await ReadAsync(inputs, cancellationToken).ConfigureAwait(false);
        if (children.FirstOrDefault(child => child is { Wanted: not null, Live: not null } && !child.IsOwnedBy(owners)) is { } foreign)
        {
            return new ChildrenOutcome($"{foreign.Resource.Kind} {inputs.Exporter.Metadata.Namespace}/{foreign.Name}", []);
        }

        var leaving = StorageSwitch.Leaving(children, owners);
        var taking = children.Find(static child => child is { IsWorkload: true, Wanted: not null });
        var keepsClaimTemplate = taking is not null && ClaimTemplate.Keep(taking);
        var hasWritten = false;
        foreach (var child in children.Where(child => !child.IsTerminating && !StorageSwitch.Keeps(child, leaving, taking)))
        {
            var hash = child.Wanted is null ? "" : ManifestHash.Of(child.Wanted);
            hasWritten |= await _writer.WriteAsync(Replicas.Settle(child, inputs, leaving), owners, hash, cancellationToken).ConfigureAwait(false);
        }

        return new ChildrenOutcome(null, ChildPlan.NotServed(inputs))
        {
            Leaving = leaving?.Resource.Kind,
            KeepsClaimTemplate = keepsClaimTemplate,
            ForeignAutoscaler = inputs.ForeignAutoscaler,
            LeftClaims = looksForClaims || inputs.IsOnDisk || leaving is not null
                ? await LeftClaims.FindAsync(client, inputs, Replicas.WithClaims(children), cancellationToken).ConfigureAwait(false)
                : null,
            HasWritten = hasWritten,
        };
    }

    /// <summary>Removes a gateway that serves nobody any more: its pods first, each of which sends what it holds, and the Service last.</summary>
    public async Task RemoveAsync(GatewayInputs inputs, CancellationToken cancellationToken)
    {
        var children = await ReadAsync(inputs, cancellationToken).ConfigureAwait(false);
        foreach (var child in children.OrderBy(static child => child.Resource == ChildKind.Service ? 2 : child.IsWorkload ? 0 : 1).Where(static child => !child.IsTerminating))
        {
            await _writer.WriteAsync(child with { Wanted = null }, inputs.Owners, "", cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<List<Child>> ReadAsync(GatewayInputs inputs, CancellationToken cancellationToken)
    {
        var children = new List<Child>();
        foreach (var planned in ChildPlan.Of(inputs))
        {
            var child = _absent.Contains(inputs.Exporter, planned)
                ? new Child(planned.Resource, planned.Name, null, null)
                : await _writer.ReadAsync(planned, inputs.Exporter.Metadata.Namespace!, cancellationToken).ConfigureAwait(false);
            _absent.Note(inputs.Exporter, child);
            children.Add(child);
        }

        return children;
    }
}

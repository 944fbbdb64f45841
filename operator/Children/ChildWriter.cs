using SentryOtel.Kubernetes.Client;
using SentryOtel.Operator.Configuration;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Children;

/// <summary>Brings children in line by server-side apply, and writes nothing when they are.</summary>
internal sealed class ChildWriter(IKubernetesClient client)
{
    private static readonly ApplyOptions Options = new() { FieldManager = OperatorOptions.FieldManager, Force = true };

    /// <summary>Reads the live object of a child.</summary>
    public async Task<Child> ReadAsync(PlannedChild planned, string space, CancellationToken cancellationToken) => new(
        planned.Resource, planned.Name, planned.Wanted, await client.GetAsync(planned.Resource, planned.Name, space, cancellationToken).ConfigureAwait(false));

    /// <summary>Applies, deletes or leaves alone; true when something was written.</summary>
    /// <param name="child">The child, as read; one that another controller owns must not come here.</param>
    /// <param name="owners">Whose children they are: what they do not own is never deleted.</param>
    /// <param name="hash">Hash of the manifest, without what depends on the live object.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    public async Task<bool> WriteAsync(Child child, GatewayOwners owners, string hash, CancellationToken cancellationToken)
    {
        if (child.Wanted is null)
        {
            return child.IsOwnedBy(owners) && await DeleteAsync(child, cancellationToken).ConfigureAwait(false);
        }

        if (child.Live is not null && child.Annotation(ManifestHash.Annotation) == hash && LiveState.Holds(child.Live, child.Wanted))
        {
            return false;
        }

        ManifestHash.Stamp(child.Wanted, hash);
        if (child.Live?["metadata"]?["uid"] is { } uid)
        {
            // Should somebody have replaced it since, the server refuses.
            child.Wanted["metadata"]!["uid"] = uid.DeepClone();
        }

        await client.ApplyAsync(child.Wanted, Options, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private Task<bool> DeleteAsync(Child child, CancellationToken cancellationToken)
    {
        var metadata = child.Live!["metadata"]!;
        return client.DeleteAsync(
            child.Resource,
            metadata["name"]!.GetValue<string>(),
            metadata["namespace"]!.GetValue<string>(),
            new DeleteOptions { PreconditionUid = metadata["uid"]!.GetValue<string>() },
            cancellationToken);
    }
}

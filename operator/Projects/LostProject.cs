using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Operator.Configuration;

namespace SentryOtel.Operator.Projects;

/// <summary>
/// Takes a project that is gone, or what can not be sent to any more, out of a route's status. Servers of 1.20 refuse an apply that leaves an object out which the one before
/// had (422, measured): so that is taken out by a merge patch, before the apply that no longer names it.
/// </summary>
internal sealed class LostProject(IKubernetesClient client)
{
    private static readonly PatchOptions Options = new() { FieldManager = OperatorOptions.FieldManager, Subresource = "status" };

    /// <summary>Takes it out, when the new status has less than the old.</summary>
    public async Task RemoveAsync(SentryProjectRoute route, RouteProjectStatus? before, RouteProjectStatus? after, CancellationToken cancellationToken)
    {
        if (before is null || (after is not null && (before.Endpoints is null || after.Endpoints is not null)))
        {
            return;
        }

        var project = after is null ? null : new JsonObject { ["endpoints"] = null, ["publicKey"] = null };
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = route.Metadata.Uid }, ["status"] = new JsonObject { ["project"] = project } };
        try
        {
            await client.PatchAsync<SentryProjectRoute>(route.Metadata.Name!, route.Metadata.Namespace, patch, Options, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException exception) when (exception.IsNotFound || exception.IsConflict)
        {
            // Gone, or another one of its name: the write that follows finds the same.
        }
    }
}

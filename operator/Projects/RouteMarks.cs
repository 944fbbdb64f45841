using System.Text.Json;
using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Operator.Configuration;

namespace SentryOtel.Operator.Projects;

/// <summary>
/// Writes a route's finalizer, and its note of a create. The note is in the status, where only the operator may write: whoever could write it could have the operator
/// take, and delete, a project of somebody else's.
/// </summary>
internal sealed class RouteMarks(IKubernetesClient client, RouteMemory memory)
{
    private static readonly PatchOptions Options = new() { FieldManager = OperatorOptions.FieldManager };
    private static readonly PatchOptions StatusOptions = new() { FieldManager = OperatorOptions.FieldManager, Subresource = "status" };

    /// <summary>
    /// Before a create: adds the finalizer and notes it, each in a patch that fails when the route has moved on. The route's metadata is brought up to date.
    /// With null the note goes and the finalizer stays.
    /// </summary>
    /// <exception cref="KubernetesException">The intent was not noted, and nothing may be created.</exception>
    public async Task RecordAsync(SentryProjectRoute route, RoutePendingCreate? pending, CancellationToken cancellationToken)
    {
        var finalizers = route.Metadata.Finalizers ?? [];
        if (pending is not null && !finalizers.Contains(RouteAnnotations.Finalizer))
        {
            var metadata = new JsonObject
            {
                ["resourceVersion"] = route.Metadata.ResourceVersion,
                ["finalizers"] = ToJson([.. finalizers, RouteAnnotations.Finalizer]),
            };
            await PatchAsync(route, metadata, cancellationToken).ConfigureAwait(false);
        }

        await NoteAsync(route, new JsonObject { ["resourceVersion"] = route.Metadata.ResourceVersion }, pending, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The outcome of the create is in the status: the note has served. Its loss would do no harm, so the version does not matter.</summary>
    public Task ClearIntentAsync(SentryProjectRoute route, CancellationToken cancellationToken) =>
        NoteAsync(route, new JsonObject { ["uid"] = route.Metadata.Uid }, null, cancellationToken);

    /// <summary>Lets a deleted route go.</summary>
    public async Task ReleaseAsync(SentryProjectRoute route, CancellationToken cancellationToken)
    {
        var others = (route.Metadata.Finalizers ?? []).Where(static finalizer => finalizer != RouteAnnotations.Finalizer);
        var metadata = new JsonObject { ["resourceVersion"] = route.Metadata.ResourceVersion, ["finalizers"] = ToJson(others) };
        try
        {
            await PatchAsync(route, metadata, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException exception) when (exception.IsNotFound)
        {
            // Gone: what was to be achieved.
        }
    }

    // No apply of the status names the note, so that none takes it out.
    private async Task NoteAsync(SentryProjectRoute route, JsonObject metadata, RoutePendingCreate? pending, CancellationToken cancellationToken)
    {
        var status = new JsonObject
        {
            ["pendingCreate"] = pending is null ? null : JsonSerializer.SerializeToNode(pending, CrdJsonContext.Default.RoutePendingCreate),
        };
        var written = await client.PatchAsync<SentryProjectRoute>(
            route.Metadata.Name!, route.Metadata.Namespace, new JsonObject { ["metadata"] = metadata, ["status"] = status }, StatusOptions, cancellationToken).ConfigureAwait(false);
        route.Metadata = written.Metadata;
        memory.Remember(route, pending);
    }

    private async Task PatchAsync(SentryProjectRoute route, JsonObject metadata, CancellationToken cancellationToken)
    {
        var written = await client.PatchAsync<SentryProjectRoute>(
            route.Metadata.Name!, route.Metadata.Namespace, new JsonObject { ["metadata"] = metadata }, Options, cancellationToken).ConfigureAwait(false);
        route.Metadata = written.Metadata;
    }

    private static JsonArray ToJson(IEnumerable<string> texts) => [.. texts.Select(static text => (JsonNode)text)];
}

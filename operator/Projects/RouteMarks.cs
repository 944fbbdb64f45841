using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Operator.Configuration;
using SentryOtel.Sentry.Projects;

namespace SentryOtel.Operator.Projects;

/// <summary>Writes a route's finalizer and its note of a create: both in one patch, which fails when the route has moved on.</summary>
internal sealed class RouteMarks(IKubernetesClient client, RouteMemory memory)
{
    private static readonly PatchOptions Options = new() { FieldManager = OperatorOptions.FieldManager };

    /// <summary>
    /// Before a create: adds the finalizer and notes the intent. The route's metadata is brought up to date. With null the note goes and the
    /// finalizer stays.
    /// </summary>
    /// <exception cref="KubernetesException">Nothing was written, and nothing may be created.</exception>
    public async Task RecordAsync(SentryProjectRoute route, CreateIntent? intent, CancellationToken cancellationToken)
    {
        var finalizers = route.Metadata.Finalizers ?? [];
        var metadata = new JsonObject
        {
            ["resourceVersion"] = route.Metadata.ResourceVersion,
            ["annotations"] = new JsonObject { [RouteAnnotations.CreatePending] = intent is null ? null : RouteAnnotations.Format(intent) },
        };
        if (intent is not null && !finalizers.Contains(RouteAnnotations.Finalizer))
        {
            metadata["finalizers"] = ToJson([.. finalizers, RouteAnnotations.Finalizer]);
        }

        await PatchAsync(route, metadata, cancellationToken).ConfigureAwait(false);
        memory.Remember(route, intent);
    }

    /// <summary>The outcome of the create is in the status: the note has served. Its loss would do no harm, so the version does not matter.</summary>
    public async Task ClearIntentAsync(SentryProjectRoute route, CancellationToken cancellationToken)
    {
        var metadata = new JsonObject { ["uid"] = route.Metadata.Uid, ["annotations"] = new JsonObject { [RouteAnnotations.CreatePending] = null } };
        await PatchAsync(route, metadata, cancellationToken).ConfigureAwait(false);
        memory.Remember(route, (CreateIntent?)null);
    }

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

    private async Task PatchAsync(SentryProjectRoute route, JsonObject metadata, CancellationToken cancellationToken)
    {
        var written = await client.PatchAsync<SentryProjectRoute>(
            route.Metadata.Name!, route.Metadata.Namespace, new JsonObject { ["metadata"] = metadata }, Options, cancellationToken).ConfigureAwait(false);
        route.Metadata = written.Metadata;
    }

    private static JsonArray ToJson(IEnumerable<string> texts) => [.. texts.Select(static text => (JsonNode)text)];
}

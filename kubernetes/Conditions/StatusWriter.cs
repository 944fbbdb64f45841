using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Conditions;

/// <summary>
/// Writes /status by server-side apply, and only when it changes. What the cache shows may be older than what was
/// written last, so a status counts as unchanged only when it equals both.
/// </summary>
/// <param name="client">Where to.</param>
/// <param name="fieldManager">Owner of the status fields; stable for ever.</param>
public sealed class StatusWriter(IKubernetesClient client, string fieldManager)
{
    private readonly ConcurrentDictionary<ObjectId, JsonNode> _written = new();

    /// <summary>Brings an entity's status to <paramref name="desired"/>.</summary>
    /// <param name="entity">Whose status; its uid guards against another object of the same name.</param>
    /// <param name="live">Its status as cached; null when it has none.</param>
    /// <param name="desired">All the fields that this field manager owns: what is left out goes.</param>
    /// <param name="typeInfo">How a status is written.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="KubernetesException">The server refused it.</exception>
    public async Task<StatusWrite> WriteAsync<TStatus>(
        IKubernetesObject entity, TStatus? live, TStatus desired, JsonTypeInfo<TStatus> typeInfo, CancellationToken cancellationToken)
        where TStatus : class
    {
        ArgumentNullException.ThrowIfNull(entity);
        var id = new ObjectId(entity.Kind, ObjectKey.Of(entity));
        var status = JsonSerializer.SerializeToNode(desired, typeInfo)!;
        if (live is not null && JsonNode.DeepEquals(JsonSerializer.SerializeToNode(live, typeInfo), status)
            && (!_written.TryGetValue(id, out var last) || JsonNode.DeepEquals(last, status)))
        {
            return StatusWrite.Unchanged;
        }

        try
        {
            var options = new ApplyOptions { FieldManager = fieldManager, Force = true, Subresource = "status" };
            await client.ApplyAsync(Manifest(entity, status.DeepClone()), options, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException exception) when (IsGone(exception))
        {
            _written.TryRemove(id, out _);
            return StatusWrite.Gone;
        }

        _written[id] = status;
        return StatusWrite.Written;
    }

    /// <summary>The entity is gone: what was written for it is forgotten.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="key">Its key.</param>
    public void Forget(string kind, ObjectKey key) => _written.TryRemove(new ObjectId(kind, key), out _);

    /// <summary>Another uid than the stored one is a conflict, or an attempt to change an immutable field, by the kind's own rules.</summary>
    private static bool IsGone(KubernetesException exception) =>
        exception.IsNotFound
        || (exception.IsConflict && !exception.IsFieldManagerConflict)
        || (exception.IsInvalid && exception.Status?.Details?.Causes?.Any(static cause => cause.Field == "metadata.uid") == true);

    private static JsonObject Manifest(IKubernetesObject entity, JsonNode status)
    {
        var metadata = new JsonObject { ["name"] = entity.Metadata.Name, ["uid"] = entity.Metadata.Uid };
        if (!string.IsNullOrEmpty(entity.Metadata.Namespace))
        {
            metadata["namespace"] = entity.Metadata.Namespace;
        }

        return new JsonObject
        {
            ["apiVersion"] = entity.ApiVersion,
            ["kind"] = entity.Kind,
            ["metadata"] = metadata,
            ["status"] = status,
        };
    }

    private readonly record struct ObjectId(string Kind, ObjectKey Key);
}

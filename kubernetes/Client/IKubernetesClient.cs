using System.Text.Json.Nodes;
using SentryOtel.Kubernetes.Discovery;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Client;

/// <summary>
/// The Kubernetes API. Writes are creates, server-side applies and merge patches, never a PUT, so that a field this
/// program does not know is never dropped; a merge patch that holds <c>metadata.resourceVersion</c> is refused with
/// <see cref="KubernetesException.IsConflict"/> when the object has moved on. Failures: <see cref="KubernetesException"/>
/// for an answer, <see cref="HttpRequestException"/> or <see cref="IOException"/> for the connection,
/// <see cref="TimeoutException"/> for the deadline of one request. <c>@namespace</c> is null for cluster-scoped kinds; in lists and watches of namespaced
/// kinds null means all namespaces.
/// </summary>
public interface IKubernetesClient
{
    /// <summary>What the server serves.</summary>
    IApiDiscovery Discovery { get; }

    /// <summary>Namespace of the configuration: the pod's own in a cluster, the context's otherwise.</summary>
    string DefaultNamespace { get; }

    /// <summary>Reads an object; null when there is none.</summary>
    Task<T?> GetAsync<T>(string name, string? @namespace, CancellationToken cancellationToken)
        where T : class, IKubernetesObject;

    /// <summary>Reads an object of any kind in full; null when there is none.</summary>
    Task<JsonObject?> GetAsync(EntityMetadata resource, string name, string? @namespace, CancellationToken cancellationToken);

    /// <summary>Reads one page (all, without <see cref="ListOptions.Limit"/>).</summary>
    Task<EntityList<T>> ListAsync<T>(string? @namespace, ListOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject;

    /// <summary>
    /// Reads all pages of 500 (or <see cref="ListOptions.Limit"/>); when the continue token expires on the way, starts
    /// over with one list without pages.
    /// </summary>
    Task<EntityList<T>> ListAllAsync<T>(string? @namespace, ListOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject;

    /// <summary>
    /// Watches until the server ends it. The request is sent upon the first <c>MoveNextAsync</c>. An error event is
    /// thrown as a <see cref="KubernetesException"/> (410: list anew); a line cut off by the end of the stream is ignored.
    /// </summary>
    IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(string? @namespace, WatchOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject;

    /// <summary>Creates an object; <see cref="KubernetesException.IsAlreadyExists"/> when the name is taken.</summary>
    Task<T> CreateAsync<T>(T entity, CreateOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject;

    /// <summary>
    /// Applies an object, server side: what is left out of it now and was applied before, goes. With a subresource only
    /// that part is sent, beside the object's identity. A resourceVersion in the metadata makes it conditional.
    /// </summary>
    Task<T> ApplyAsync<T>(T entity, ApplyOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject;

    /// <summary>Applies a manifest of any kind; its resource is found through <see cref="Discovery"/>.</summary>
    /// <exception cref="NoKindMatchException">The server does not serve the kind.</exception>
    Task<JsonObject> ApplyAsync(JsonObject manifest, ApplyOptions options, CancellationToken cancellationToken);

    /// <summary>Applies a JSON merge patch (RFC 7386) to an object that exists.</summary>
    Task<T> PatchAsync<T>(
        string name, string? @namespace, JsonObject mergePatch, PatchOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject;

    /// <summary>Deletes an object; false when there was none.</summary>
    Task<bool> DeleteAsync<T>(string name, string? @namespace, DeleteOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject;

    /// <summary>Deletes an object of any kind; false when there was none.</summary>
    Task<bool> DeleteAsync(
        EntityMetadata resource, string name, string? @namespace, DeleteOptions? options, CancellationToken cancellationToken);

    /// <summary>Reads the scale of an object; null when there is no such object.</summary>
    Task<V1Scale?> GetScaleAsync<T>(string name, string? @namespace, CancellationToken cancellationToken)
        where T : class, IKubernetesObject;

    /// <summary>Sets the replicas of an object through its scale.</summary>
    Task<V1Scale> PatchScaleAsync<T>(
        string name, string? @namespace, int replicas, PatchOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject;

    /// <summary>Asks for a token of a service account (TokenRequest).</summary>
    /// <param name="namespace">Namespace of the service account.</param>
    /// <param name="serviceAccount">Its name.</param>
    /// <param name="audiences">Who shall accept the token; empty: the API server.</param>
    /// <param name="expiration">Wanted life, at least ten minutes; null: the server's default.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    Task<ServiceAccountToken> CreateTokenAsync(
        string @namespace, string serviceAccount, IReadOnlyList<string> audiences, TimeSpan? expiration, CancellationToken cancellationToken);

    /// <summary>Binds a pod to a node, as a scheduler does.</summary>
    Task BindPodAsync(string @namespace, string pod, string node, CancellationToken cancellationToken);
}

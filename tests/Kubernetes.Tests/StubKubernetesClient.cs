using System.Text.Json.Nodes;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Discovery;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Tests;

/// <summary>A client that answers nothing: tests override what a real server can not be told to do.</summary>
internal abstract class StubKubernetesClient : IKubernetesClient
{
    public virtual IApiDiscovery Discovery => throw Unexpected();

    public virtual string DefaultNamespace => "default";

    public virtual Task<T?> GetAsync<T>(string name, string? @namespace, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => throw Unexpected();

    public virtual Task<JsonObject?> GetAsync(EntityMetadata resource, string name, string? @namespace, CancellationToken cancellationToken) =>
        throw Unexpected();

    public virtual Task<EntityList<T>> ListAsync<T>(string? @namespace, ListOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => throw Unexpected();

    public virtual Task<EntityList<T>> ListAllAsync<T>(string? @namespace, ListOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => throw Unexpected();

    public virtual IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(string? @namespace, WatchOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => throw Unexpected();

    public virtual Task<T> CreateAsync<T>(T entity, CreateOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => throw Unexpected();

    public virtual Task<T> ApplyAsync<T>(T entity, ApplyOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => throw Unexpected();

    public virtual Task<JsonObject> ApplyAsync(JsonObject manifest, ApplyOptions options, CancellationToken cancellationToken) => throw Unexpected();

    public virtual Task<T> PatchAsync<T>(
        string name, string? @namespace, JsonObject mergePatch, PatchOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => throw Unexpected();

    public virtual Task<bool> DeleteAsync<T>(string name, string? @namespace, DeleteOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => throw Unexpected();

    public virtual Task<bool> DeleteAsync(
        EntityMetadata resource, string name, string? @namespace, DeleteOptions? options, CancellationToken cancellationToken) => throw Unexpected();

    public virtual Task<V1Scale?> GetScaleAsync<T>(string name, string? @namespace, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => throw Unexpected();

    public virtual Task<V1Scale> PatchScaleAsync<T>(
        string name, string? @namespace, int replicas, PatchOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => throw Unexpected();

    public virtual Task<ServiceAccountToken> CreateTokenAsync(
        string @namespace, string serviceAccount, IReadOnlyList<string> audiences, TimeSpan? expiration, CancellationToken cancellationToken) =>
        throw Unexpected();

    public virtual Task BindPodAsync(string @namespace, string pod, string node, CancellationToken cancellationToken) => throw Unexpected();

    private static InvalidOperationException Unexpected() => new("The test did not expect this request.");
}

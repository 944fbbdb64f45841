using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Client.Transport;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Kubernetes.Discovery;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Serialization;

namespace SentryOtel.Kubernetes.Client;

/// <summary>The Kubernetes API over HTTP.</summary>
public sealed class KubernetesClient : IKubernetesClient, IDisposable
{
    private const int PageSize = 500;
    private const string ApplyPatch = "application/apply-patch+yaml";
    private const string MergePatch = "application/merge-patch+json";

    private readonly RequestSender _sender;
    private readonly ObjectCodec _codec;
    private readonly WatchStream _watches;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    /// <param name="configuration">Where the server is.</param>
    /// <param name="options">How the client behaves.</param>
    /// <exception cref="KubernetesConfigurationException">A certificate can not be read.</exception>
    public KubernetesClient(KubernetesClientConfiguration configuration, KubernetesClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        options ??= new KubernetesClientOptions();
        var logger = options.LoggerFactory.CreateLogger<KubernetesClient>();
        DefaultNamespace = configuration.Namespace;
        _sender = new RequestSender(configuration, options, logger);
        _codec = new ObjectCodec(KubernetesJson.CreateOptions(options.JsonTypeInfoResolvers), logger);
        _watches = new WatchStream(_sender, _codec, options.TimeProvider);
        Discovery = new ApiDiscovery(_sender, options.TimeProvider);
        Pods = new PodProxy(_sender);
    }

    /// <inheritdoc/>
    public IApiDiscovery Discovery { get; }

    /// <inheritdoc/>
    public string DefaultNamespace { get; }

    /// <summary>The way to what pods serve.</summary>
    public PodProxy Pods { get; }

    /// <inheritdoc/>
    public async Task<T?> GetAsync<T>(string name, string? @namespace, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        var path = ResourcePath.Object(EntityMetadata.For<T>(), @namespace, name);
        var json = await FindAsync(new ApiRequest(HttpMethod.Get, path) { Accept = Accept<T>("PartialObjectMetadata") }, cancellationToken);
        return json is null ? null : _codec.Decode<T>(json);
    }

    /// <inheritdoc/>
    public async Task<JsonObject?> GetAsync(
        EntityMetadata resource, string name, string? @namespace, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var json = await FindAsync(new ApiRequest(HttpMethod.Get, ResourcePath.Object(resource, @namespace, name)), cancellationToken);
        return json is null ? null : ObjectCodec.DecodeAny(json);
    }

    /// <inheritdoc/>
    public async Task<EntityList<T>> ListAsync<T>(string? @namespace, ListOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        options ??= new ListOptions();
        var request = new ApiRequest(HttpMethod.Get, ResourcePath.Collection(EntityMetadata.For<T>(), @namespace))
        {
            Accept = Accept<T>("PartialObjectMetadataList"),
            Query = new QueryString()
                .Add("labelSelector", options.LabelSelector)
                .Add("fieldSelector", options.FieldSelector)
                .Add("limit", options.Limit)
                .Add("continue", options.Continue)
                .Add("resourceVersion", options.ResourceVersion)
                .Add("resourceVersionMatch", options.ResourceVersionMatch)
                .ToString(),
        };
        return _codec.DecodeList<T>(await _sender.SendAsync(request, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<EntityList<T>> ListAllAsync<T>(string? @namespace, ListOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        options ??= new ListOptions();
        var page = await ListAsync<T>(@namespace, options with { Limit = options.Limit ?? PageSize }, cancellationToken);
        if (page.Continue is null)
        {
            return page;
        }

        List<T> items = [.. page.Items];
        List<ObjectKey> undecodable = [.. page.Undecodable];
        while (page.Continue is { } next)
        {
            try
            {
                // The token itself says which snapshot the pages are of.
                page = await ListAsync<T>(
                    @namespace,
                    options with { Limit = options.Limit ?? PageSize, Continue = next, ResourceVersion = null, ResourceVersionMatch = null },
                    cancellationToken);
            }
            catch (KubernetesException exception) when (exception.IsGone)
            {
                return await ListAsync<T>(@namespace, options with { Limit = null, Continue = null }, cancellationToken);
            }

            items.AddRange(page.Items);
            undecodable.AddRange(page.Undecodable);
        }

        return new EntityList<T>(items, page.ResourceVersion, null, undecodable);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(string? @namespace, WatchOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        options ??= new WatchOptions();
        var request = new ApiRequest(HttpMethod.Get, ResourcePath.Collection(EntityMetadata.For<T>(), @namespace))
        {
            Accept = Accept<T>("PartialObjectMetadata"),
            Query = new QueryString()
                .Add("watch", true)
                .Add("labelSelector", options.LabelSelector)
                .Add("fieldSelector", options.FieldSelector)
                .Add("resourceVersion", options.ResourceVersion)
                .Add("allowWatchBookmarks", options.AllowWatchBookmarks)
                .Add("timeoutSeconds", options.TimeoutSeconds)
                .ToString(),
        };
        return _watches.ReadAsync<T>(request, options.TimeoutSeconds, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<T> CreateAsync<T>(T entity, CreateOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(entity);
        options ??= new CreateOptions();
        var resource = EntityMetadata.For<T>();
        ResourcePath.RequireNamespace(resource, entity.Metadata.Namespace);
        var request = new ApiRequest(HttpMethod.Post, ResourcePath.Collection(resource, entity.Metadata.Namespace))
        {
            Query = new QueryString().AddWrite(options.FieldManager, options.DryRun, options.FieldValidation).ToString(),
            Body = _codec.Encode(_codec.ToNode(entity)),
        };
        return _codec.Decode<T>(await _sender.SendAsync(request, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<T> ApplyAsync<T>(T entity, ApplyOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(entity);
        ArgumentNullException.ThrowIfNull(options);
        var manifest = _codec.ToNode(entity);
        return _codec.Decode<T>(await ApplyAsync(
            EntityMetadata.For<T>(),
            options.Subresource is null ? manifest : ManifestType.OnlySubresource(manifest, options.Subresource),
            options,
            cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<JsonObject> ApplyAsync(JsonObject manifest, ApplyOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(options);
        var (group, version, kind) = ManifestType.Of(manifest);
        var resource = await Discovery.FindAsync(group, version, kind, cancellationToken)
            ?? throw new NoKindMatchException(group.Length == 0 ? version : $"{group}/{version}", kind);
        return ObjectCodec.DecodeAny(await ApplyAsync(resource.Metadata, manifest, options, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<T> PatchAsync<T>(
        string name, string? @namespace, JsonObject mergePatch, PatchOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject =>
        _codec.Decode<T>(await PatchAsync(EntityMetadata.For<T>(), name, @namespace, mergePatch, options, cancellationToken));

    /// <inheritdoc/>
    public Task<bool> DeleteAsync<T>(string name, string? @namespace, DeleteOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject =>
        DeleteAsync(EntityMetadata.For<T>(), name, @namespace, options, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(
        EntityMetadata resource, string name, string? @namespace, DeleteOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        options ??= new DeleteOptions();
        var request = new ApiRequest(HttpMethod.Delete, ResourcePath.Object(resource, @namespace, name))
        {
            Query = new QueryString().Add("dryRun", options.DryRun ? "All" : null).ToString(),
            Body = _codec.Encode(options.ToBody()),
        };
        return await FindAsync(request, cancellationToken) is not null;
    }

    /// <inheritdoc/>
    public async Task<V1Scale?> GetScaleAsync<T>(string name, string? @namespace, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        var path = ResourcePath.Object(EntityMetadata.For<T>(), @namespace, name, "scale");
        var json = await FindAsync(new ApiRequest(HttpMethod.Get, path), cancellationToken);
        return json is null ? null : _codec.Decode<V1Scale>(json);
    }

    /// <inheritdoc/>
    public async Task<V1Scale> PatchScaleAsync<T>(
        string name, string? @namespace, int replicas, PatchOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        var patch = new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } };
        options = (options ?? new PatchOptions()) with { Subresource = "scale" };
        return _codec.Decode<V1Scale>(await PatchAsync(EntityMetadata.For<T>(), name, @namespace, patch, options, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<ServiceAccountToken> CreateTokenAsync(
        string @namespace, string serviceAccount, IReadOnlyList<string> audiences, TimeSpan? expiration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(audiences);
        var spec = new JsonObject { ["audiences"] = new JsonArray([.. audiences.Select(audience => (JsonNode)audience)]) };
        if (expiration is { } life)
        {
            spec["expirationSeconds"] = (long)life.TotalSeconds;
        }

        var path = ResourcePath.Object(EntityMetadata.For<V1ServiceAccount>(), @namespace, serviceAccount, "token");
        var body = new JsonObject { ["apiVersion"] = "authentication.k8s.io/v1", ["kind"] = "TokenRequest", ["spec"] = spec };
        var json = await _sender.SendAsync(new ApiRequest(HttpMethod.Post, path) { Body = _codec.Encode(body) }, cancellationToken);
        var status = ObjectCodec.DecodeAny(json)["status"]!;
        return new ServiceAccountToken(
            status["token"]!.GetValue<string>(), status["expirationTimestamp"]!.GetValue<DateTimeOffset>());
    }

    /// <inheritdoc/>
    public async Task BindPodAsync(string @namespace, string pod, string node, CancellationToken cancellationToken)
    {
        var path = ResourcePath.Object(EntityMetadata.For<V1Pod>(), @namespace, pod, "binding");
        var body = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Binding",
            ["metadata"] = new JsonObject { ["name"] = pod, ["namespace"] = @namespace },
            ["target"] = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Node", ["name"] = node },
        };
        await _sender.SendAsync(new ApiRequest(HttpMethod.Post, path) { Body = _codec.Encode(body) }, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        (Discovery as IDisposable)?.Dispose();
        _sender.Dispose();
    }

    private static string Accept<T>(string metadataKind) => typeof(V1PartialObjectMetadata).IsAssignableFrom(typeof(T))
        ? $"application/json;as={metadataKind};g=meta.k8s.io;v=v1"
        : "application/json";

    private Task<byte[]> ApplyAsync(EntityMetadata resource, JsonObject manifest, ApplyOptions options, CancellationToken cancellationToken)
    {
        var (name, space) = ManifestType.NameOf(manifest);
        var request = new ApiRequest(HttpMethod.Patch, ResourcePath.Object(resource, space, name, options.Subresource))
        {
            Query = new QueryString()
                .AddWrite(options.FieldManager, options.DryRun, options.FieldValidation)
                .Add("force", options.Force)
                .ToString(),
            ContentType = ApplyPatch,
            Body = _codec.EncodeApply(manifest),
        };
        return _sender.SendAsync(request, cancellationToken);
    }

    private Task<byte[]> PatchAsync(
        EntityMetadata resource, string name, string? @namespace, JsonObject mergePatch, PatchOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(mergePatch);
        options ??= new PatchOptions();
        var request = new ApiRequest(HttpMethod.Patch, ResourcePath.Object(resource, @namespace, name, options.Subresource))
        {
            Query = new QueryString().AddWrite(options.FieldManager, options.DryRun, options.FieldValidation).ToString(),
            ContentType = MergePatch,
            Body = _codec.Encode(mergePatch),
        };
        return _sender.SendAsync(request, cancellationToken);
    }

    private async Task<byte[]?> FindAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await _sender.SendAsync(request, cancellationToken);
        }
        catch (KubernetesException exception) when (exception.IsNotFound)
        {
            return null;
        }
    }
}

using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Client.Transport;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Client;

/// <summary>Objects to and from JSON.</summary>
internal sealed class ObjectCodec(JsonSerializerOptions options, ILogger logger)
{
    private const string ContinueName = "continue";

    // A key of more bytes is not a simple key to the server's YAML parser, which then refuses the whole body.
    private const int LongestKey = 1024;

    public T Decode<T>(ReadOnlySpan<byte> json)
        where T : class, IKubernetesObject => Complete(JsonSerializer.Deserialize(json, TypeInfo<T>()));

    public static JsonObject DecodeAny(ReadOnlySpan<byte> json) =>
        JsonNode.Parse(json) as JsonObject ?? throw new JsonException("The server answered with something that is not an object.");

    public EntityList<T> DecodeList<T>(ReadOnlyMemory<byte> json)
        where T : class, IKubernetesObject
    {
        using var document = JsonDocument.Parse(json);
        var items = new List<T>();
        var undecodable = new List<ObjectKey>();
        if (document.RootElement.TryGetProperty("items", out var array) && array.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in array.EnumerateArray())
            {
                if (TryDecode<T>(element, out var item))
                {
                    items.Add(item);
                }
                else
                {
                    undecodable.Add(Key(element));
                }
            }
        }

        var metadata = document.RootElement.GetProperty("metadata");
        var next = Text(metadata, ContinueName);
        return new EntityList<T>(items, Text(metadata, "resourceVersion") ?? "", string.IsNullOrEmpty(next) ? null : next, undecodable);
    }

    /// <summary>Reads an object of a list or watch; one that can not be read is logged and counted, and the rest goes on.</summary>
    public bool TryDecode<T>(JsonElement element, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? item)
        where T : class, IKubernetesObject
    {
        try
        {
            item = Complete(element.Deserialize(TypeInfo<T>()));
            return true;
        }
        catch (JsonException exception)
        {
            var kind = EntityMetadata.For<T>().Kind;
            Log.ObjectUndecodable(logger, kind, Key(element).ToString(), $"at {exception.Path}");
            ClientMetrics.LeftOut(kind);
            item = null;
            return false;
        }
    }

    public V1ObjectMeta DecodeMetadata(JsonElement element) =>
        element.TryGetProperty("metadata", out var metadata)
            ? metadata.Deserialize((JsonTypeInfo<V1ObjectMeta>)options.GetTypeInfo(typeof(V1ObjectMeta))) ?? new V1ObjectMeta()
            : new V1ObjectMeta();

    public JsonObject ToNode<T>(T entity)
        where T : class, IKubernetesObject
    {
        var node = (JsonObject)JsonSerializer.SerializeToNode(entity, TypeInfo<T>())!;
        var resource = EntityMetadata.For<T>();
        node["apiVersion"] = resource.GroupVersion;
        node["kind"] = resource.Kind;
        return node;
    }

    public byte[] Encode(JsonObject node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = options.Encoder }))
        {
            node.WriteTo(writer, options);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>An apply body: no nulls (they would mean "set to null"), no managed fields (the server refuses them).</summary>
    public byte[] EncodeApply(JsonObject manifest)
    {
        var body = WithoutNulls(manifest);
        (body["metadata"] as JsonObject)?.Remove("managedFields");
        var json = Encode(body);
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueSpan.Length > LongestKey)
            {
                throw new ArgumentException(
                    $"The key \"{reader.GetString()![..40]}...\" is longer than {LongestKey} bytes, which the API server's parser of apply bodies refuses.");
            }
        }

        return json;
    }

    private static JsonObject WithoutNulls(JsonObject node)
    {
        var result = new JsonObject();
        foreach (var (name, value) in node)
        {
            if (value is not null)
            {
                result[name] = Copy(value);
            }
        }

        return result;

        static JsonNode? Copy(JsonNode? value) => value switch
        {
            JsonObject map => WithoutNulls(map),
            JsonArray array => new JsonArray([.. array.Select(Copy)]),
            _ => value?.DeepClone(),
        };
    }

    /// <summary>Objects in lists come without their type, and metadata-only objects with another one.</summary>
    private static T Complete<T>(T? entity)
        where T : class, IKubernetesObject
    {
        if (entity is null)
        {
            throw new JsonException("The server answered with null.");
        }

        var resource = EntityMetadata.For<T>();
        entity.ApiVersion = resource.GroupVersion;
        entity.Kind = resource.Kind;
        return entity;
    }

    private static ObjectKey Key(JsonElement element) => element.TryGetProperty("metadata", out var metadata)
        ? new ObjectKey(Text(metadata, "namespace"), Text(metadata, "name") ?? "")
        : new ObjectKey(null, "");

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
}

using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using SentryOtel.Kubernetes.Client.Transport;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Serialization;

namespace SentryOtel.Kubernetes.Client;

/// <summary>Reads the events of one watch: one JSON document per line.</summary>
internal sealed class WatchStream(RequestSender sender, ObjectCodec codec, TimeProvider timeProvider)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    public async IAsyncEnumerable<WatchEvent<T>> ReadAsync<T>(
        ApiRequest request, int timeoutSeconds, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        using var response = await sender.OpenAsync(request, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var patience = TimeSpan.FromSeconds(timeoutSeconds) + Grace;
        using var idle = new CancellationTokenSource(patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
        var lines = new LineReader(stream);
        while (true)
        {
            ReadOnlyMemory<byte>? line;
            try
            {
                line = await lines.ReadAsync(() => idle.CancelAfter(patience), either.Token);
            }
            catch (OperationCanceledException exception) when (idle.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"{request}: watch silent for {patience.TotalSeconds:0} s.", exception);
            }

            if (line is not { } json)
            {
                yield break;
            }

            if (json.Length > 0 && Decode<T>(request, json) is { } watchEvent)
            {
                yield return watchEvent;
            }
        }
    }

    private WatchEvent<T>? Decode<T>(ApiRequest request, ReadOnlyMemory<byte> json)
        where T : class, IKubernetesObject
    {
        using var document = JsonDocument.Parse(json);
        var element = document.RootElement.GetProperty("object");
        var type = document.RootElement.GetProperty("type").GetString();
        switch (type)
        {
            case "BOOKMARK":
                return new WatchEvent<T>(WatchEventType.Bookmark, null, codec.DecodeMetadata(element));
            case "ERROR":
                var status = element.Deserialize(KubernetesJsonContext.Default.V1Status);
                throw new KubernetesException((HttpStatusCode)(status?.Code ?? (int)HttpStatusCode.InternalServerError), request.ToString(), status);
            case "ADDED" or "MODIFIED" or "DELETED":
                // The version still moves on past an object that can not be read.
                return codec.TryDecode<T>(element, out var entity)
                    ? new WatchEvent<T>(TypeOf(type), entity, entity.Metadata)
                    : new WatchEvent<T>(WatchEventType.Bookmark, null, codec.DecodeMetadata(element));
            default:
                throw new JsonException($"{request}: unknown watch event \"{type}\".");
        }
    }

    private static WatchEventType TypeOf(string type) => type switch
    {
        "ADDED" => WatchEventType.Added,
        "MODIFIED" => WatchEventType.Modified,
        _ => WatchEventType.Deleted,
    };
}

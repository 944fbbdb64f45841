using System.Net.Http.Headers;

namespace SentryOtel.Kubernetes.Client.Transport;

/// <summary>One request; can be sent several times.</summary>
internal sealed record ApiRequest(HttpMethod Method, string Path)
{
    /// <summary>Query with leading <c>?</c>, or empty.</summary>
    public string Query { get; init; } = "";

    public byte[]? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    public string Accept { get; init; } = "application/json";

    /// <summary>How a request is named in errors and logs: without its query, which may be long.</summary>
    public override string ToString() => $"{Method} {Path}";

    public HttpRequestMessage ToMessage(Uri host)
    {
        // The base address may have a path of its own, which a relative reference with a leading slash would drop.
        var message = new HttpRequestMessage(Method, new Uri(host.AbsoluteUri.TrimEnd('/') + Path + Query))
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.TryAddWithoutValidation("Accept", Accept);
        if (Body is not null)
        {
            message.Content = new ByteArrayContent(Body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        }

        return message;
    }
}

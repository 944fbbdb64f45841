using Microsoft.AspNetCore.Http;

namespace SentryOtel.SentryServer.Ingest;

/// <summary>How a body is written.</summary>
internal enum OtlpFormat
{
    Protobuf,
    Json,
}

/// <summary>Content types, compared as whole strings as Relay does: a parameter such as charset is another, unsupported type.</summary>
internal static class ContentTypes
{
    public const string Protobuf = "application/x-protobuf";
    public const string Json = "application/json";

    public static OtlpFormat? Of(HttpRequest request) => request.ContentType switch
    {
        { } type when type.Equals(Protobuf, StringComparison.OrdinalIgnoreCase) => OtlpFormat.Protobuf,
        { } type when type.Equals(Json, StringComparison.OrdinalIgnoreCase) => OtlpFormat.Json,
        _ => null,
    };
}

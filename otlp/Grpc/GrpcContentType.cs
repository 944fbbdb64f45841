namespace SentryOtel.Otlp.Grpc;

/// <summary>Recognises gRPC by content type (gRPC over HTTP/2 specification, "Requests").</summary>
public static class GrpcContentType
{
    /// <summary>The content type of requests and responses.</summary>
    public const string Value = "application/grpc";

    /// <summary>
    /// Whether this is gRPC with protobuf messages: <c>application/grpc</c> or <c>application/grpc+proto</c>, with or
    /// without parameters. <c>application/grpc-web</c> is another protocol and <c>application/grpc+json</c> another encoding.
    /// </summary>
    public static bool IsGrpc(string? contentType)
    {
        var type = contentType.AsSpan();
        var parameters = type.IndexOf(';');
        type = (parameters < 0 ? type : type[..parameters]).Trim();
        return type.Equals(Value, StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/grpc+proto", StringComparison.OrdinalIgnoreCase);
    }
}

using Microsoft.AspNetCore.Http;
using SentryOtel.Otlp.Grpc;
using SentryOtel.Otlp.Responses;

namespace SentryOtel.Gateway.Receiving;

/// <summary>A port with both protocols: what calls itself gRPC is OTLP/gRPC, all else is OTLP/HTTP.</summary>
internal sealed class EitherProtocol(GrpcExport grpc, HttpExport http) : IProtocolHandler
{
    public Task HandleAsync(HttpContext context) => Of(context).HandleAsync(context);

    public Task FailAsync(HttpContext context, int status, RpcStatus failure) => Of(context).FailAsync(context, status, failure);

    private IProtocolHandler Of(HttpContext context) => GrpcContentType.IsGrpc(context.Request.ContentType) ? grpc : http;
}

using Microsoft.AspNetCore.Http;
using SentryOtel.Otlp.Responses;

namespace SentryOtel.Gateway.Receiving;

/// <summary>A protocol's way to answer.</summary>
internal interface IProtocolHandler
{
    /// <summary>Answers a request.</summary>
    Task HandleAsync(HttpContext context);

    /// <summary>Answers a request that could not be handled, before anything of an answer was sent.</summary>
    Task FailAsync(HttpContext context, int status, RpcStatus failure);
}

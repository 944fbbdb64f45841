using System.Text;
using Microsoft.AspNetCore.Http;
using SentryOtel.Otlp.Bodies;
using SentryOtel.Otlp.Responses;
using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Grpc;

/// <summary>The method <c>grpc.health.v1.Health/Check</c>, which Kubernetes' gRPC probes call.</summary>
public static class GrpcHealth
{
    /// <summary>The method's path.</summary>
    public const string CheckPath = "/grpc.health.v1.Health/Check";

    private const int MaxRequestBytes = 4096;

    private const ulong Serving = 1;

    private const ulong NotServing = 2;

    /// <summary>Answers one Check.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isServing">By service name, empty for the server as a whole: whether it serves; null for a name that is unknown.</param>
    /// <param name="timeProvider">The clock of <c>grpc-timeout</c>.</param>
    public static async Task CheckAsync(HttpContext context, Func<string, bool?> isServing, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(isServing);
        if (GrpcUnaryCall.Accept(context) is not { } call)
        {
            return;
        }

        var request = new SmallBodyBuffer();
        var failure = await call.ReadMessageAsync(new BodyLimits(MaxRequestBytes), request, TimeSpan.Zero, timeProvider).ConfigureAwait(false);
        if (failure is null)
        {
            failure = TryReadService(request.Written, out var service)
                ? null
                : new RpcStatus(GrpcStatusCode.InvalidArgument, "The health check request is malformed.");
            if (failure is null && isServing(service) is { } serving)
            {
                var response = new MessageBuilder();
                response.AddVarint(1, serving ? Serving : NotServing);
                await call.ReplyAsync(response.ToArray()).ConfigureAwait(false);
                return;
            }
        }

        await call.FailAsync(failure ?? new RpcStatus(GrpcStatusCode.NotFound, "There is no such service.")).ConfigureAwait(false);
    }

    private static bool TryReadService(ReadOnlySpan<byte> request, out string service)
    {
        service = string.Empty;
        var fields = new WireReader(request);
        while (fields.MoveNext())
        {
            if (fields.IsMessage(1))
            {
                service = Encoding.UTF8.GetString(fields.Value);
            }
        }

        return !fields.Error.IsError;
    }

    private sealed class SmallBodyBuffer : IBodyBuffer
    {
        private byte[] _bytes = [];

        public int Length { get; private set; }

        public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

        public Memory<byte> Free => _bytes.AsMemory(Length);

        public bool TryReserve(int capacity)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length, capacity));
            return true;
        }

        public void Advance(int bytes) => Length += bytes;
    }
}

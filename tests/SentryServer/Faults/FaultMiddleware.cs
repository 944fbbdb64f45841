using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using SentryOtel.SentryServer.Hosting;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Faults;

/// <summary>Carries faults out. The true answer is kept back in memory until the fault has run its course.</summary>
internal sealed class FaultMiddleware(FaultQueue faults, ServerSide side, TimeProvider time, CancellationToken stopping)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var trace = RequestTrace.Of(context);
        var body = faults.LooksIntoBodies ? await PeekedBody.ReadAsync(context.Request, context.RequestAborted) : [];
        if (faults.Take(side, context.Request.Method, trace.Path, body) is not { } armed)
        {
            await next(context);
            return;
        }

        trace.Fault = armed.Id;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await RunAsync(context, next, armed, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client left, or the server is going down, while the fault held the request: there is nobody to answer.
            Cut(context);
        }
    }

    private async Task RunAsync(HttpContext context, RequestDelegate next, ArmedFault armed, CancellationToken end)
    {
        var fault = armed.Fault;
        await PauseAsync(fault.DelayBeforeSeconds, end);
        await HoldAtAsync(FaultPoint.Before, armed, end);
        if (fault.Reset == FaultPoint.Before)
        {
            Cut(context);
            armed.MarkReached();
            return;
        }

        if (fault is { Answer: not null, Execute: false, Reset: not FaultPoint.None })
        {
            // The request was read to its end; only then the connection breaks.
            await context.Request.Body.CopyToAsync(Stream.Null, end);
        }

        var body = fault.Answer is null || fault.Execute ? await ExecuteAsync(context, next) : [];
        body = fault.Answer is { } answer ? Replace(context.Response, answer) : body;
        foreach (var (name, value) in fault.AddHeaders)
        {
            context.Response.Headers.Append(name, value);
        }

        armed.MarkReached();
        await PauseAsync(fault.DelayAfterSeconds, end);
        await HoldAtAsync(FaultPoint.After, armed, end);
        await FinishAsync(context, fault, body, end);
    }

    private async Task FinishAsync(HttpContext context, Fault fault, byte[] body, CancellationToken end)
    {
        switch (fault.Reset)
        {
            case FaultPoint.After:
                Cut(context);
                return;
            case FaultPoint.Middle:
                // Kestrel sends what there is and closes the connection, since more was promised than came.
                RequestTrace.Of(context).Cut = true;
                context.Response.ContentLength = body.Length + 1;
                await context.Response.StartAsync(end);
                await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), end);
                await context.Response.Body.FlushAsync(end);
                return;
            default:
                await WriteAsync(context.Response, fault.SlowBody, body, end);
                return;
        }
    }

    private async Task WriteAsync(HttpResponse response, SlowBody? slow, byte[] body, CancellationToken end)
    {
        if (slow is null)
        {
            await response.Body.WriteAsync(body, end);
            return;
        }

        response.ContentLength = null;
        foreach (var chunk in body.Chunk(slow.ChunkBytes))
        {
            await response.Body.WriteAsync(chunk, end);
            await response.Body.FlushAsync(end);
            await PauseAsync(slow.IntervalSeconds, end);
        }

        while (slow.NeverEnds)
        {
            await response.Body.WriteAsync(" "u8.ToArray(), end);
            await response.Body.FlushAsync(end);
            await PauseAsync(slow.IntervalSeconds, end);
        }
    }

    private static async Task<byte[]> ExecuteAsync(HttpContext context, RequestDelegate next)
    {
        var wire = context.Response.Body;
        using var kept = new MemoryStream();
        context.Response.Body = kept;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = wire;
        }

        return kept.ToArray();
    }

    private static byte[] Replace(HttpResponse response, FaultAnswer answer)
    {
        response.Headers.Clear();
        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        foreach (var (name, value) in answer.Headers)
        {
            response.Headers[name] = value;
        }

        return answer.BodyBase64 is { } bytes ? Convert.FromBase64String(bytes) : Encoding.UTF8.GetBytes(answer.Body);
    }

    private static Task HoldAtAsync(FaultPoint point, ArmedFault armed, CancellationToken end) =>
        armed.Fault.Hold == point ? armed.HoldAsync(end) : Task.CompletedTask;

    private Task PauseAsync(double seconds, CancellationToken end) =>
        seconds > 0 ? Task.Delay(TimeSpan.FromSeconds(seconds), time, end) : Task.CompletedTask;

    /// <summary>Ends the connection with a reset instead of an orderly close.</summary>
    private static void Cut(HttpContext context)
    {
        RequestTrace.Of(context).Cut = true;
        if (context.Features.Get<IConnectionSocketFeature>() is { } connection)
        {
            connection.Socket.LingerState = new System.Net.Sockets.LingerOption(enable: true, seconds: 0);
        }

        context.Abort();
    }
}

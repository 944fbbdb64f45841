using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SentryOtel.Operator.Faults.Proxy;

/// <summary>Hands requests on to one server and streams its answers back, watches too, unless the gate cuts them.</summary>
internal sealed class StepProxy : IAsyncDisposable
{
    // Host belongs to the connection; the client of this proxy frames bodies anew.
    private static readonly string[] OfThisHop = ["Host", "Connection", "Keep-Alive", "Content-Length", "Transfer-Encoding", "Upgrade"];

    private readonly WebApplication _application;
    private readonly HttpMessageInvoker _upstream;
    private readonly StepGate _gate;
    private readonly Func<HttpRequest, string?> _nameOf;
    private readonly Uri _server;

    private StepProxy(WebApplication application, StepGate gate, Func<HttpRequest, string?> nameOf, Uri server, HttpMessageInvoker upstream, int port) =>
        (_application, _gate, _nameOf, _server, _upstream, Address) = (application, gate, nameOf, server, upstream, new Uri($"http://127.0.0.1:{port}"));

    /// <summary>Where the operator finds it.</summary>
    public Uri Address { get; }

    /// <param name="gate">Cuts.</param>
    /// <param name="nameOf">Names requests that change something; null for all others.</param>
    /// <param name="server">Where requests go.</param>
    /// <param name="upstream">Reaches the server; the caller's to dispose.</param>
    /// <param name="port">Where to listen.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<StepProxy> StartAsync(
        StepGate gate, Func<HttpRequest, string?> nameOf, Uri server, HttpMessageInvoker upstream, int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, port, static endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(50));
        var proxy = new StepProxy(builder.Build(), gate, nameOf, server, upstream, port);
        proxy._application.Run(proxy.PassAsync);
        await proxy._application.StartAsync(cancellationToken);
        return proxy;
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task PassAsync(HttpContext context)
    {
        var step = _gate.Enter(_nameOf(context.Request));
        try
        {
            if (await _gate.CutsAsync(step, Moment.Before))
            {
                context.Abort();
                return;
            }

            // What changes something is carried out, whatever becomes of the operator meanwhile.
            using var request = await ToUpstreamAsync(context);
            using var answer = await _upstream.SendAsync(request, step is null ? context.RequestAborted : CancellationToken.None);
            if (step is not null)
            {
                await answer.Content.LoadIntoBufferAsync(CancellationToken.None);
            }

            if (await _gate.CutsAsync(step, Moment.After))
            {
                context.Abort();
                return;
            }

            await AnswerAsync(context, answer);
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException)
        {
            // One of both sides is gone: the other shall know.
            context.Abort();
        }
    }

    private async Task<HttpRequestMessage> ToUpstreamAsync(HttpContext context)
    {
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(_server, raw)) { Version = HttpVersion.Version20 };
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body.ToArray());
        }

        foreach (var (name, values) in context.Request.Headers.Where(static header => !OfThisHop.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        return request;
    }

    private static async Task AnswerAsync(HttpContext context, HttpResponseMessage answer)
    {
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(static header => !OfThisHop.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        await context.Response.StartAsync(context.RequestAborted);
        await using var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        var buffer = new byte[16 * 1024];
        for (int read; (read = await body.ReadAsync(buffer, context.RequestAborted)) > 0;)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SentryOtel.Gateway.Tests.Support;

/// <summary>An HTTP proxy that asks for a name and a password, and remembers what went through it.</summary>
internal sealed class RecordingProxy : IAsyncDisposable
{
    private static readonly string[] OfThisHop = ["Host", "Connection", "Proxy-Authorization", "Proxy-Connection", "Content-Length", "Transfer-Encoding"];

    private readonly WebApplication _application;
    private readonly string _expected;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    private RecordingProxy(WebApplication application, string user, string password)
    {
        _application = application;
        _expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
    }

    /// <summary>Addresses that were asked for with the right password.</summary>
    public ConcurrentQueue<Uri> Passed { get; } = new();

    /// <summary>Requests that were refused.</summary>
    public ConcurrentQueue<Uri> Refused { get; } = new();

    public string Authority => new Uri(_application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()).Authority;

    public static async Task<RecordingProxy> StartAsync(string user, string password)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var proxy = new RecordingProxy(builder.Build(), user, password);
        proxy._application.Run(proxy.AnswerAsync);
        await proxy._application.StartAsync(TestContext.Current.CancellationToken);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _client.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var target = new Uri(HttpMethods.IsConnect(context.Request.Method) ? $"https://{raw}" : raw);
        if (context.Request.Headers["Proxy-Authorization"] != _expected)
        {
            Refused.Enqueue(target);
            context.Response.StatusCode = StatusCodes.Status407ProxyAuthenticationRequired;
            context.Response.Headers["Proxy-Authenticate"] = "Basic realm=\"test\"";
            return;
        }

        Passed.Enqueue(target);
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), target);
        if (context.Request.ContentType is not null)
        {
            request.Content = new StreamContent(context.Request.Body);
        }

        foreach (var (name, values) in context.Request.Headers.Where(header => !OfThisHop.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        using var answer = await _client.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}

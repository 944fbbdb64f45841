using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;

namespace SentryOtel.Gateway.Receiving;

/// <summary>
/// One OTLP receiver: listens for OTLP/gRPC and OTLP/HTTP, reads requests within the memory budget, hands them to its
/// pipeline, and answers as the OTLP specification 1.11 says.
/// </summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly string _id;
    private readonly ILogger _logger;
    private readonly ProtocolServer? _grpc;
    private readonly ProtocolServer? _http;
    private volatile bool _retired;

    /// <summary>A receiver that does not listen yet.</summary>
    /// <param name="configuration">Where to listen, and how large requests may be.</param>
    /// <param name="pipeline">Takes the requests.</param>
    /// <param name="admission">The memory budget.</param>
    /// <param name="options">What else it needs.</param>
    /// <param name="loggerFactory">For the receiver and Kestrel.</param>
    public OtlpReceiver(
        ReceiverConfiguration configuration,
        IIngestPipeline pipeline,
        Admission admission,
        ReceiverOptions options,
        ILoggerFactory loggerFactory)
    {
        _id = configuration.Id;
        _logger = loggerFactory.CreateLogger<OtlpReceiver>();
        var intake = new RequestIntake(pipeline, admission, ArrayPool<byte>.Shared);
        if (configuration.Grpc is { } grpc)
        {
            var export = new GrpcExport(intake, MaxBytes(grpc), options, Refusals);
            _grpc = Server(grpc, HttpProtocols.Http2, export.HandleAsync);
        }

        if (configuration.Http is { } http)
        {
            var export = new HttpExport(intake, MaxBytes(http), options, Refusals);
            _http = Server(http, HttpProtocols.Http1, export.HandleAsync);
        }

        ProtocolServer Server(ProtocolConfiguration protocol, HttpProtocols protocols, RequestDelegate handle) =>
            new(protocol.Endpoint, protocols, options, new ReceiverApplication(handle, options, () => _retired, Refusals, _logger), loggerFactory);
    }

    /// <summary>Requests that never reached the pipeline.</summary>
    public Refusals Refusals { get; } = new();

    /// <summary>Where OTLP/gRPC is served, once started; null when it is not configured.</summary>
    public IPEndPoint? Grpc => _grpc?.Address;

    /// <summary>Where OTLP/HTTP is served, once started; null when it is not configured.</summary>
    public IPEndPoint? Http => _http?.Address;

    private IEnumerable<(ProtocolServer Server, string Protocol)> Servers
    {
        get
        {
            if (_grpc is not null)
            {
                yield return (_grpc, "OTLP/gRPC");
            }

            if (_http is not null)
            {
                yield return (_http, "OTLP/HTTP");
            }
        }
    }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">An address is in use.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (server, protocol) in Servers)
        {
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
            Log.Listening(_logger, _id, protocol, server.Address);
        }
    }

    /// <summary>Asks for each connection to be closed after its next answer: another receiver takes the place of this one.</summary>
    public void Retire() => _retired = true;

    /// <summary>Takes no more connections; ends when the requests being answered are done, or when the token is cancelled.</summary>
    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Servers.Select(each => each.Server.StopAsync(cancellationToken)));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var (server, _) in Servers)
        {
            server.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static int MaxBytes(ProtocolConfiguration protocol) => (int)Math.Min(protocol.MaxRequestBytes, Array.MaxLength);
}

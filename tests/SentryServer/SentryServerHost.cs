using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.Hosting;
using SentryOtel.SentryServer.Ingest;
using SentryOtel.SentryServer.Management;
using SentryOtel.SentryServer.StandIn;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer;

/// <summary>A running stand-in Sentry: management API and OTLP ingest on two ports, one state behind both.</summary>
public sealed class SentryServerHost : IAsyncDisposable
{
    private readonly SentryServerOptions _options;
    private readonly ListenAddress _managementAddress;
    private readonly ListenAddress _ingestAddress;
    private readonly Listener _management;
    private readonly Listener _ingest;

    private SentryServerHost(SentryServerOptions options)
    {
        if (options.PathPrefix.Length > 0 && (options.PathPrefix[0] != '/' || options.PathPrefix.EndsWith('/')))
        {
            throw new ArgumentException($"The path prefix '{options.PathPrefix}' must begin with a slash and not end with one.", nameof(options));
        }

        if (options.RecordedItems < 1)
        {
            throw new ArgumentException("The number of recorded items must be at least 1.", nameof(options));
        }

        _options = options;
        _managementAddress = ListenAddress.Parse(options.ManagementListenUrl);
        _ingestAddress = ListenAddress.Parse(options.IngestListenUrl);
        State = InitialState(options);
        var addresses = new PublicAddresses(() => options.PublicManagementUrl ?? ManagementUrl, () => options.PublicIngestUrl ?? IngestUrl);
        _management = new Listener(_managementAddress, options, (app, stopping) =>
        {
            ControlPlane.Use(app, State, Faults, ListenAsync);
            ManagementApi.Use(app, State, Faults, addresses, options.PathPrefix, stopping);
        });
        _ingest = new Listener(_ingestAddress, options, (app, stopping) => IngestApi.Use(app, State, Faults, options.PathPrefix, stopping));
    }

    /// <summary>Base of the management API, with the prefix, without a slash at the end unless it is the root.</summary>
    public Uri ManagementUrl => _managementAddress.ToUri(_management.Port, _options.PathPrefix);

    /// <summary>Base of ingest, with the prefix.</summary>
    public Uri IngestUrl => _ingestAddress.ToUri(_ingest.Port, _options.PathPrefix);

    /// <summary>Root of the management port: the live page, and <c>_stand-in/</c> below it. No prefix.</summary>
    public Uri ControlUrl => _managementAddress.ToUri(_management.Port, "");

    /// <summary>Everything this Sentry knows.</summary>
    public SentryState State { get; }

    /// <summary>The faults to come.</summary>
    public FaultQueue Faults { get; } = new();

    /// <summary>Starts a server on its two ports.</summary>
    /// <exception cref="ArgumentException">An option makes no sense; the message names it.</exception>
    /// <exception cref="IOException">A port is taken.</exception>
    public static async Task<SentryServerHost> StartAsync(SentryServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        var host = new SentryServerHost(options ?? new SentryServerOptions());
        try
        {
            await host.ResumeAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sentry goes down: connections are refused. The state is kept.</summary>
    /// <param name="side">One port, or null for both.</param>
    public async Task StopAsync(ServerSide? side = null)
    {
        if (side is not ServerSide.Ingest)
        {
            await _management.StopAsync();
        }

        if (side is not ServerSide.Management)
        {
            await _ingest.StopAsync();
        }
    }

    /// <summary>Sentry comes up again, on the same ports.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken = default)
    {
        await _management.StartAsync(cancellationToken);
        await _ingest.StartAsync(cancellationToken);
    }

    /// <summary>Closes or opens the ingest port; what the control plane calls.</summary>
    private Task ListenAsync(bool open, CancellationToken cancellationToken) => open ? _ingest.StartAsync(cancellationToken) : _ingest.StopAsync();

    /// <summary>Down and up again. Relay forgets what it had cached; everything else stays.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await StopAsync();
        State.Relay.Clear();
        await ResumeAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Faults.Clear();
        await StopAsync();
    }

    private static SentryState InitialState(SentryServerOptions options)
    {
        var state = new SentryState(options.TimeProvider, new Organization(42, options.Organization, options.Organization), options.Modes, options.RecordedItems);
        foreach (var token in options.Tokens)
        {
            state.Tokens.Grant(token);
        }

        foreach (var team in options.Teams)
        {
            OrThrow(state.Teams.Create(team), $"team '{team}'");
        }

        foreach (var project in options.Projects)
        {
            OrThrow(state.Projects.Create(project, project), $"project '{project}'");
        }

        return state;
    }

    private static void OrThrow<T>(Result<T> result, string what)
        where T : class
    {
        if (result.Refusal is { } refusal)
        {
            throw new ArgumentException($"The {what} can not be created: {refusal.Message}");
        }
    }
}

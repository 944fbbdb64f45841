using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Kubernetes.Configuration;

namespace SentryOtel.Gateway.Hosting.Reloading;

/// <summary>
/// Takes a changed configuration: looks at the files' content in an interval, or at once when told to. What is wrong is told and changes nothing;
/// what is right and can not be yet, as an address that is in use, is tried again.
/// </summary>
internal sealed class ConfigurationReloader(GatewayHost host, ConfigurationSource source, LoadedConfiguration loaded, TimeProvider timeProvider, ILogger logger) : IDisposable
{
    private const int MaxPathsInLog = 20;

    /// <summary>A change is taken when it is still the same after this: a file that is being written is not read half.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _asked = new(0);
    private readonly ReloadRetry _retry = new(timeProvider);
    private string _content = loaded.Content;

    /// <summary>Reads the file at once, changed or not: what SIGHUP asks for.</summary>
    public void Ask() => _asked.Release();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (await IsDueAsync(cancellationToken))
                {
                    await ReloadAsync(cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                Log.ReloadThrew(logger, exception);
                _retry.Clear();
                host.Reloads.Fail("could not be put in force");
            }
        }
    }

    /// <summary>Reads the files and puts in force what they say.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        var next = source.Load();
        var isSame = _retry.IsPending && next.Content == _content;
        _content = next.Content;
        if (!isSame)
        {
            _retry.Clear();
            foreach (var warning in next.Lines(errors: false))
            {
                Log.ConfigurationWarning(logger, warning);
            }
        }

        if (next.Result.Configuration is not { } configuration)
        {
            Fail(next.Lines(errors: true));
            return;
        }

        try
        {
            var before = host.Configuration;
            var change = await host.ReloadAsync(configuration, cancellationToken);
            _retry.Clear();
            host.Reloads.Succeed();
            Log.Reloaded(logger, Describe(change));
            foreach (var path in RestartOnly.Of(change, before, configuration))
            {
                Log.NeedsRestart(logger, path);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or KubernetesConfigurationException)
        {
            Log.NotReloadedYet(logger, $"{next.Path}: error: {exception.Message}", _retry.Fail().TotalSeconds);
            host.Reloads.Fail("can not be put in force yet, it is tried again");
        }
    }

    public void Dispose() => _asked.Dispose();

    private static string Describe(ConfigurationChange change) => change.Paths.Count switch
    {
        0 => "nothing differs",
        <= MaxPathsInLog => string.Join(", ", change.Paths),
        _ => $"{string.Join(", ", change.Paths.Take(MaxPathsInLog))} and {change.Paths.Count - MaxPathsInLog} more",
    };

    private void Fail(IEnumerable<string> problems)
    {
        foreach (var problem in problems)
        {
            Log.NotReloaded(logger, problem);
        }

        host.Reloads.Fail("is wrong");
    }

    private async Task<bool> IsDueAsync(CancellationToken cancellationToken)
    {
        var interval = host.Configuration.ReloadInterval;
        if (_retry is { IsPending: true, Left: var left } && (interval <= TimeSpan.Zero || left <= interval))
        {
            return left <= TimeSpan.Zero || await AskedWithinAsync(left, cancellationToken) || _retry.Left <= TimeSpan.Zero;
        }

        if (await AskedWithinAsync(interval, cancellationToken))
        {
            return true;
        }

        for (var seen = source.Look(); seen != _content;)
        {
            if (await AskedWithinAsync(Settling, cancellationToken))
            {
                return true;
            }

            var now = source.Look();
            if (now == seen)
            {
                return true;
            }

            seen = now;
        }

        return false;
    }

    private async Task<bool> AskedWithinAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        if (time <= TimeSpan.Zero)
        {
            await _asked.WaitAsync(cancellationToken);
            return true;
        }

        using var over = new CancellationTokenSource(time, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            await _asked.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}

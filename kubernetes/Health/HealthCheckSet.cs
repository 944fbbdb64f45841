using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;

namespace SentryOtel.Kubernetes.Health;

/// <summary>
/// The named checks behind one path (healthz, readyz or livez), answered in controller-runtime's text. Thread safe; a
/// check must not block.
/// </summary>
public sealed class HealthCheckSet
{
    private readonly ConcurrentDictionary<string, Func<HealthCheckResult>> _checks = new(StringComparer.Ordinal);
    private readonly ILogger _logger;

    internal HealthCheckSet(string path, ILogger logger)
    {
        Path = path;
        _logger = logger;
    }

    /// <summary>The path without its slash, for example "readyz".</summary>
    public string Path { get; }

    /// <summary>Adds a check.</summary>
    /// <param name="name">Also the last segment of the check's own path: letters, digits, '-', '_' and '.'.</param>
    /// <param name="check">Called at each request.</param>
    /// <exception cref="ArgumentException">The name can not be a path segment, or is taken.</exception>
    public void Add(string name, Func<HealthCheckResult> check)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(check);
        if (!name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            throw new ArgumentException($"The name of a health check may hold letters, digits, '-', '_' and '.', unlike '{name}'.", nameof(name));
        }

        if (!_checks.TryAdd(name, check))
        {
            throw new ArgumentException($"/{Path} has a check named '{name}' already.", nameof(name));
        }
    }

    /// <summary>All checks at once; an empty set answers for a "ping" that always succeeds.</summary>
    internal HealthAnswer Run(IReadOnlyCollection<string> exclude, bool verbose)
    {
        var text = new StringBuilder();
        var unknown = exclude.ToHashSet(StringComparer.Ordinal);
        var failed = false;
        foreach (var name in Names())
        {
            if (unknown.Remove(name))
            {
                text.Append("[+]").Append(name).Append(" excluded: ok\n");
            }
            else if (Run(name) is var result && !result.IsHealthy)
            {
                // The path is public: what is wrong goes to the log only.
                Log.CheckFailed(_logger, Path, name, result.Reason!);
                text.Append("[-]").Append(name).Append(" failed: reason withheld\n");
                failed = true;
            }
            else
            {
                text.Append("[+]").Append(name).Append(result.Remark is null ? " ok\n" : $" ok: {result.Remark}\n");
            }
        }

        if (unknown.Count > 0)
        {
            var quoted = unknown.Order(StringComparer.Ordinal).Select(static name => $"\"{name}\"");
            text.Append("warn: some health checks cannot be excluded: no matches for ").AppendJoin(',', quoted).Append('\n');
        }

        if (!failed && !verbose)
        {
            return new HealthAnswer(true, "ok");
        }

        text.Append("healthz").Append(failed ? " check failed\n" : " check passed\n");
        return new HealthAnswer(!failed, text.ToString());
    }

    /// <summary>One check by name; null when there is none.</summary>
    internal HealthAnswer? RunOne(string name)
    {
        if (!Names().Contains(name, StringComparer.Ordinal))
        {
            return null;
        }

        var result = Run(name);
        if (result.IsHealthy)
        {
            return new HealthAnswer(true, "ok");
        }

        Log.CheckFailed(_logger, Path, name, result.Reason!);
        return new HealthAnswer(false, $"internal server error: {result.Reason}\n");
    }

    private IEnumerable<string> Names() =>
        _checks.IsEmpty ? ["ping"] : _checks.Keys.Order(StringComparer.Ordinal);

    private HealthCheckResult Run(string name)
    {
        try
        {
            return _checks.TryGetValue(name, out var check) ? check() : HealthCheckResult.Healthy;
        }
        catch (Exception exception)
        {
            Log.CheckThrew(_logger, exception, Path, name);
            return HealthCheckResult.Unhealthy("the check itself failed: " + exception.GetType().Name);
        }
    }
}

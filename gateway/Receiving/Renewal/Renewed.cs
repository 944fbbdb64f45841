using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace SentryOtel.Gateway.Receiving.Renewal;

/// <summary>
/// A value made from files, made anew when they change. What is in force is immutable and swapped whole, so whoever uses the old one goes on with it;
/// content that can not be used changes nothing.
/// </summary>
/// <remarks>The files are read, not watched: a Secret that is mounted changes by a symbolic link above it, which watchers miss.</remarks>
internal sealed class Renewed<T> : IDisposable
    where T : class
{
    private readonly string _what;
    private readonly IReadOnlyList<string> _files;
    private readonly Func<Func<string, string>, T> _make;
    private readonly Renewals _renewals;
    private readonly ILogger _logger;
    private readonly ITimer? _timer;
    private readonly Lock _gate = new();
    private volatile T _current;
    private string _seen;

    /// <summary>Makes the value for the first time.</summary>
    /// <param name="what">What it is, for the log.</param>
    /// <param name="files">The files it is made from; none for a value that never changes.</param>
    /// <param name="make">Makes it; is given a function from a file's path to its text.</param>
    /// <param name="interval">How often the files are looked at; zero for never.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="renewals">Counts.</param>
    /// <param name="logger">Where changes are told.</param>
    /// <exception cref="IOException">A file can not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public Renewed(
        string what, IReadOnlyList<string> files, Func<Func<string, string>, T> make, TimeSpan interval, TimeProvider timeProvider, Renewals renewals, ILogger logger)
    {
        (_what, _files, _make, _renewals, _logger) = (what, files, make, renewals, logger);
        var texts = Read(out _seen);
        _current = make(file => texts[file]);
        if (files.Count > 0 && interval > TimeSpan.Zero)
        {
            _timer = timeProvider.CreateTimer(_ => Look(), null, interval, interval);
        }
    }

    public T Current => _current;

    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        lock (_gate)
        {
            try
            {
                var texts = Read(out var digest);
                if (digest == _seen)
                {
                    return;
                }

                // Content that can not be used is tried once.
                _seen = digest;
                _current = _make(file => texts[file]);
                _renewals.CountTaken();
                Log.Renewed(_logger, _what);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or FormatException)
            {
                _renewals.CountFailed();
                Log.RenewalFailed(_logger, _what, exception.GetType().Name);
            }
        }
    }

    private Dictionary<string, string> Read(out string digest)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in _files)
        {
            var text = File.ReadAllText(file);
            texts[file] = text;
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        }

        digest = Convert.ToHexString(hash.GetHashAndReset());
        return texts;
    }
}

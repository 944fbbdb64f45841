using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;

namespace SentryOtel.Kubernetes.Client.Credentials;

/// <summary>A bearer token in a file that somebody rotates: read again each minute, and at once after a refusal.</summary>
internal sealed class TokenFileSource(string path, TimeProvider timeProvider, ILogger logger) : ICredentialSource
{
    // client-go's minute, less its leeway of ten seconds.
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(50);

    private readonly Lock _gate = new();
    private Credential? _current;
    private bool _refused;
    private long _readAt;

    public bool CanRefresh => true;

    public ValueTask<Credential> GetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_current is null || _refused || timeProvider.GetElapsedTime(_readAt) >= Lifetime)
            {
                Read();
            }

            return ValueTask.FromResult(_current!);
        }
    }

    public void Forget(Credential used)
    {
        lock (_gate)
        {
            _refused |= ReferenceEquals(used, _current);
        }
    }

    private void Read()
    {
        try
        {
            var token = File.ReadAllText(path).Trim();
            if (token.Length == 0)
            {
                throw new IOException($"The token file {path} is empty.");
            }

            _current = new Credential(new AuthenticationHeaderValue("Bearer", token));
        }
        catch (Exception exception) when (_current is not null && exception is (IOException or UnauthorizedAccessException))
        {
            Log.TokenNotReread(logger, path, exception.Message);
        }

        _refused = false;
        _readAt = timeProvider.GetTimestamp();
    }
}

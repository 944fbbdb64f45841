using System.Net.Http.Headers;

namespace SentryOtel.Kubernetes.Client.Credentials;

/// <summary>Runs a credential program when there is no credential yet, when it has expired, or when it was refused.</summary>
internal sealed class ExecCredentialSource(ExecPlugin plugin, TimeProvider timeProvider) : ICredentialSource, IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private (Credential Credential, DateTimeOffset? Expiration)? _current;
    private Credential? _refused;

    public bool CanRefresh => true;

    public async ValueTask<Credential> GetAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_current is { } current && !ReferenceEquals(current.Credential, _refused)
                && !(current.Expiration <= timeProvider.GetUtcNow()))
            {
                return current.Credential;
            }

            var answer = await plugin.RunAsync(cancellationToken);
            var credential = new Credential(
                answer.Token is null ? null : new AuthenticationHeaderValue("Bearer", answer.Token),
                answer.ClientCertificateData,
                answer.ClientKeyData);
            _current = (credential, answer.ExpirationTimestamp);
            return credential;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Forget(Credential used) => _refused = used;

    public void Dispose() => _gate.Dispose();
}

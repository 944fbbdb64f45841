using System.Text;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Credentials;

/// <summary>Reads single keys of Secrets and ConfigMaps, live: nothing is cached, and nothing but named objects is asked for.</summary>
internal sealed class SecretReader(IKubernetesClient client)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text of a Secret's key; a missing Secret, key or permission is an error that names it.</summary>
    public async Task<CredentialText> ReadAsync(string @namespace, SecretKeyReference reference, CancellationToken cancellationToken)
    {
        try
        {
            var secret = await client.GetAsync<V1Secret>(reference.Name, @namespace, cancellationToken).ConfigureAwait(false);
            return secret is null
                ? new CredentialError(CredentialReasons.SecretNotFound, $"Secret {@namespace}/{reference.Name} does not exist: create it")
                : Text(secret.Data, @namespace, reference);
        }
        catch (KubernetesException exception) when (exception.IsForbidden)
        {
            return new CredentialError(
                CredentialReasons.SecretForbidden, $"the operator may not read Secret {@namespace}/{reference.Name}: grant it get on secrets there");
        }
    }

    /// <summary>The PEM bundle that a source names.</summary>
    public async Task<CredentialText> ReadAsync(string @namespace, CertificateSource source, CancellationToken cancellationToken)
    {
        if (source.SecretKeyRef is { } secret)
        {
            return await ReadAsync(@namespace, secret, cancellationToken).ConfigureAwait(false);
        }

        var reference = source.ConfigMapKeyRef ?? throw new ArgumentException("A source without a reference is refused by the validator.", nameof(source));
        var map = await client.GetAsync<V1ConfigMap>(reference.Name, @namespace, cancellationToken).ConfigureAwait(false);
        return map?.Data?.TryGetValue(reference.Key, out var text) == true
            ? text
            : new CredentialError(
                CredentialReasons.CertificateAuthorityMissing,
                map is null
                    ? $"ConfigMap {@namespace}/{reference.Name} does not exist: create it"
                    : $"ConfigMap {@namespace}/{reference.Name} has no key \"{reference.Key}\"");
    }

    private static CredentialText Text(IDictionary<string, byte[]>? data, string @namespace, SecretKeyReference reference)
    {
        if (data?.TryGetValue(reference.Key, out var bytes) != true || bytes!.Length == 0)
        {
            return new CredentialError(CredentialReasons.SecretKeyMissing, $"Secret {@namespace}/{reference.Name} has no key \"{reference.Key}\", or it is empty");
        }

        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return new CredentialError(CredentialReasons.SecretKeyMissing, $"key \"{reference.Key}\" of Secret {@namespace}/{reference.Name} is not text");
        }
    }
}

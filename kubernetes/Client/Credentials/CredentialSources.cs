using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Configuration;

namespace SentryOtel.Kubernetes.Client.Credentials;

/// <summary>Chooses the source that a configuration asks for.</summary>
internal static class CredentialSources
{
    public static ICredentialSource Create(KubernetesClientConfiguration configuration, TimeProvider timeProvider, ILogger logger)
    {
        if (configuration.TokenFile is { } file)
        {
            return new TokenFileSource(file, timeProvider, logger);
        }

        if (configuration.Token is { } token)
        {
            return new StaticCredentialSource(new Credential(new AuthenticationHeaderValue("Bearer", token)));
        }

        if (configuration.Username is { } username)
        {
            var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{configuration.Password}"));
            return new StaticCredentialSource(new Credential(new AuthenticationHeaderValue("Basic", pair)));
        }

        // A client certificate in the configuration is the transport's; the program is not run beside it.
        return configuration.Exec is { } exec && configuration.ClientCertificate is null
            ? new ExecCredentialSource(new ExecPlugin(exec, configuration), timeProvider)
            : new StaticCredentialSource(Credential.None);
    }
}

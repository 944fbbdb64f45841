using SentryOtel.Kubernetes.Configuration;

namespace SentryOtel.Kubernetes.Tests.Configuration;

public sealed class KubeConfigTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _variables = [];

    public void Dispose() => _folder.Dispose();

    private ConfigurationEnvironment Environment => new(_variables.GetValueOrDefault, _folder["home"], _folder["serviceaccount"]);

    private static string Config(string cluster = "", string user = "", string extra = "") => $$"""
        apiVersion: v1
        kind: Config
        current-context: here
        clusters:
        - name: one
          cluster: {server: "https://one.example:6443"{{cluster}}}
        users:
        - name: me
          user: { {{user}} }
        contexts:
        - name: here
          context: {cluster: one, user: me}
        - name: Here
          context: {cluster: one, namespace: upper}
        {{extra}}
        """;

    private KubernetesClientConfiguration Load(string text, string? context = null) =>
        KubeConfigLoader.LoadFile(Environment, _folder.Write("config", text), context);

    [Fact]
    public void Current_context_decides_server_user_and_namespace()
    {
        var configuration = Load(Config(user: "token: secret"));

        Assert.Equal("https://one.example:6443/", configuration.Host.AbsoluteUri);
        Assert.Equal("here", configuration.CurrentContext);
        Assert.Equal("default", configuration.Namespace);
        Assert.Equal("secret", configuration.Token);
        Assert.DoesNotContain("secret", configuration.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Context_names_are_case_sensitive()
    {
        Assert.Equal("upper", Load(Config(), "Here").Namespace);
        var error = Assert.Throws<KubernetesConfigurationException>(() => Load(Config(), "HERE"));
        Assert.Contains("Here, here", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kubeconfig_in_json_is_read_too()
    {
        var configuration = Load("""
            {"current-context":"c","clusters":[{"name":"k","cluster":{"server":"http://127.0.0.1:8001/prefix"}}],
             "contexts":[{"name":"c","context":{"cluster":"k","namespace":"n"}}],"users":null}
            """);

        Assert.Equal("http://127.0.0.1:8001/prefix", configuration.Host.AbsoluteUri);
        Assert.Equal("n", configuration.Namespace);
    }

    [Fact]
    public void The_first_file_to_define_a_name_wins_and_missing_files_are_passed_over()
    {
        var first = _folder.Write("a/config", """
            users: [{name: me, user: {token: first}}]
            clusters: [{name: one, cluster: {server: "https://first"}}]
            """);
        var second = _folder.Write("b/config", """
            current-context: c
            users: [{name: me, user: {token: second}}, {name: other, user: {token: other}}]
            clusters: [{name: one, cluster: {server: "https://second"}}]
            contexts: [{name: c, context: {cluster: one, user: me}}]
            """);
        var third = _folder.Write("c/config", "current-context: ignored");
        _variables["KUBECONFIG"] = string.Join(Path.PathSeparator, first, _folder["missing"], first, second, third);

        var configuration = KubeConfigLoader.LoadDefault(Environment, null);

        Assert.Equal("c", configuration.CurrentContext);
        Assert.Equal("first", configuration.Token);
        Assert.Equal("https://first/", configuration.Host.AbsoluteUri);
    }

    [Fact]
    public void A_file_that_is_named_must_exist()
    {
        var error = Assert.Throws<KubernetesConfigurationException>(
            () => KubeConfigLoader.LoadFile(Environment, _folder["missing"], null));
        Assert.Contains(_folder["missing"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_home_folder_comes_before_the_cluster_and_the_cluster_before_an_error()
    {
        var error = Assert.Throws<KubernetesConfigurationException>(() => KubeConfigLoader.LoadDefault(Environment, null));
        Assert.Contains("KUBECONFIG", error.Message, StringComparison.Ordinal);

        _variables["KUBERNETES_SERVICE_HOST"] = "10.0.0.1";
        _variables["KUBERNETES_SERVICE_PORT"] = "443";
        _folder.Write("serviceaccount/token", "t");
        _folder.Write("serviceaccount/ca.crt", "pem");
        Assert.Equal("https://10.0.0.1/", KubeConfigLoader.LoadDefault(Environment, null).Host.AbsoluteUri);

        _folder.Write("home/.kube/config", Config());
        Assert.Equal("https://one.example:6443/", KubeConfigLoader.LoadDefault(Environment, null).Host.AbsoluteUri);
    }

    [Fact]
    public void Relative_paths_start_at_the_file_and_data_wins_over_a_path()
    {
        var configuration = Load(Config(
            cluster: ", certificate-authority: ca/root.crt",
            user: "client-certificate: me.crt, client-key: me.key, client-key-data: UEVN, tokenFile: ../token"));

        Assert.Equal(_folder["ca/root.crt"], configuration.CertificateAuthority!.Path);
        Assert.Equal(_folder["me.crt"], configuration.ClientCertificate!.Path);
        Assert.Null(configuration.ClientKey!.Path);
        Assert.Equal("PEM", configuration.ClientKey.Read());
        Assert.Equal(Path.GetFullPath("../token", _folder.Path), configuration.TokenFile);
        Assert.DoesNotContain("PEM", configuration.ClientKey.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Cluster_and_impersonation_fields_are_read()
    {
        var configuration = Load(Config(
            cluster: ", insecure-skip-tls-verify: true, tls-server-name: other.example, proxy-url: \"http://proxy:3128\", unknown: 1",
            user: "as: jane, as-uid: u1, as-groups: [a, b], as-user-extra: {reason: [x, y]}, username: u, password: p"));

        Assert.True(configuration.SkipTlsVerify);
        Assert.Equal("other.example", configuration.TlsServerName);
        Assert.Equal("http://proxy:3128/", configuration.ProxyUrl!.AbsoluteUri);
        Assert.Equal(("u", "p"), (configuration.Username, configuration.Password));
        Assert.Equal("jane", configuration.Impersonate!.User);
        Assert.Equal("u1", configuration.Impersonate.Uid);
        Assert.Equal(["a", "b"], configuration.Impersonate.Groups);
        Assert.Equal(["x", "y"], configuration.Impersonate.Extra["reason"]);
    }

    [Fact]
    public void An_exec_plugin_is_read_whole()
    {
        var configuration = Load(Config(
            cluster: ", extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: a, depth: 3, on: true}}]",
            user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./bin/login, args: [--cluster, \"a b\"], "
                + "env: [{name: MODE, value: \"1\"}], installHint: get it, provideClusterInfo: true, interactiveMode: Never}"));

        var exec = configuration.Exec!;
        Assert.Equal(_folder["bin/login"], exec.Command);
        Assert.Equal(["--cluster", "a b"], exec.Args);
        Assert.Equal("1", exec.Env["MODE"]);
        Assert.Equal("get it", exec.InstallHint);
        Assert.True(exec.ProvideClusterInfo);
        Assert.Equal(ExecInteractiveMode.Never, exec.InteractiveMode);
        Assert.Equal("""{"audience":"a","depth":3,"on":true}""", exec.ClusterConfig);
    }

    [Theory]
    [InlineData(", insecure-skip-tls-verify: true, certificate-authority: ca.crt", "", "insecure-skip-tls-verify")]
    [InlineData(", insecure-skip-tls-verify: perhaps", "", "true or false")]
    [InlineData(", certificate-authority-data: \"***\"", "", "certificate-authority-data must be base64")]
    [InlineData("", "auth-provider: {name: gcp}", "exec credential plugin")]
    [InlineData("", "client-certificate: me.crt", "client-key")]
    [InlineData("", "token: t, username: u", "token and username")]
    [InlineData("", "as-groups: [a]", "\"as\"")]
    [InlineData("", "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}", "apiVersion")]
    [InlineData("", "exec: {apiVersion: client.authentication.k8s.io/v1, command: x}", "interactiveMode")]
    [InlineData("", "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Sometimes, command: x}", "interactiveMode")]
    [InlineData("", "token: [a]", "a single value")]
    public void A_wrong_field_is_named(string cluster, string user, string expected)
    {
        var error = Assert.Throws<KubernetesConfigurationException>(() => Load(Config(cluster, user)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder["config"], error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("current-context: c\ncontexts: [{name: c, context: {cluster: k}}]", "no cluster \"k\"")]
    [InlineData("current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\nclusters: [{name: k, cluster: {server: s}}]", "no user \"u\"")]
    [InlineData("contexts: []", "current-context")]
    [InlineData("clusters: [{cluster: {}}]", "clusters[0]: name is missing")]
    [InlineData("users: {a: b}", "users must be a list")]
    public void A_dangling_reference_is_named(string text, string expected)
    {
        var error = Assert.Throws<KubernetesConfigurationException>(() => Load(text));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_yaml_is_located_and_not_quoted()
    {
        var error = Assert.Throws<KubernetesConfigurationException>(() => Load("users:\n- token: \"secret\n"));
        Assert.Contains("line", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_cluster_an_IPv6_host_is_bracketed_and_the_namespace_read()
    {
        _variables["KUBERNETES_SERVICE_HOST"] = "fd00::1";
        _variables["KUBERNETES_SERVICE_PORT"] = "6443";
        _folder.Write("serviceaccount/token", "t");
        _folder.Write("serviceaccount/ca.crt", "pem");
        _folder.Write("serviceaccount/namespace", "team\n");

        var configuration = InClusterConfiguration.Load(Environment);

        Assert.Equal("https://[fd00::1]:6443/", configuration.Host.AbsoluteUri);
        Assert.Equal("team", configuration.Namespace);
        Assert.Equal(_folder["serviceaccount/token"], configuration.TokenFile);
    }

    [Theory]
    [InlineData("token", "ca.crt")]
    [InlineData("ca.crt", "token")]
    public void In_a_cluster_a_missing_file_is_fatal(string present, string missing)
    {
        _variables["KUBERNETES_SERVICE_HOST"] = "10.0.0.1";
        _variables["KUBERNETES_SERVICE_PORT"] = "443";
        _folder.Write($"serviceaccount/{present}", "x");

        var error = Assert.Throws<KubernetesConfigurationException>(() => InClusterConfiguration.Load(Environment));
        Assert.Contains(missing, error.Message, StringComparison.Ordinal);
    }
}

namespace SentryOtel.Benchmarks.Load;

/// <summary>Debian's nginx in one process: as the sink that takes everything, or as the proxy to compare with.</summary>
internal static class Nginx
{
    public static ChildProcess StartSink(LoadOptions options, int port) =>
        Start(options, options.LoadCore, "sink", $$"""server { listen 127.0.0.1:{{port}}; location / { return 202; } }""");

    /// <summary>Forwards each body as it comes, over connections that stay open.</summary>
    public static ChildProcess StartProxy(LoadOptions options, int port, int sink) => Start(options, options.GatewayCore, "proxy", $$"""
        upstream sink { server 127.0.0.1:{{sink}}; keepalive 64; keepalive_requests 1000000000; }
        server {
            listen 127.0.0.1:{{port}};
            location / { proxy_pass http://sink; proxy_http_version 1.1; proxy_set_header Connection ""; }
        }
        """);

    private static ChildProcess Start(LoadOptions options, int core, string name, string servers)
    {
        var folder = Directory.CreateDirectory(Path.Combine(options.Folder, name)).FullName;
        var file = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(file, $$"""
            daemon off; master_process off; pid {{folder}}/pid; error_log {{folder}}/error.log warn;
            events { worker_connections 1024; }
            http {
                access_log off; keepalive_timeout 600; keepalive_requests 1000000000; client_max_body_size 64m; client_body_buffer_size 1m;
                client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
                {{servers}}
            }

            """);
        return ChildProcess.Start(core, "nginx", "-p", folder, "-c", file);
    }
}

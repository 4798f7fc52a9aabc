# Kafka with one node, from the jars of Maven Central, for machines without access to a registry. Variables KAFKA_... set it
# like the official image.
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
COPY deploy/local/target/lib/ /opt/kafka/libs/
COPY deploy/containers/target/classes/ /opt/kafka/classes/
COPY --chown=1000:1000 deploy/containers/root/var/lib/millrace/models/.keep /var/lib/kafka/data/
COPY --chown=1000:1000 deploy/containers/root/var/lib/millrace/models/.keep /opt/kafka/config/
COPY --chown=1000:1000 deploy/containers/root/var/lib/millrace/models/.keep /opt/kafka/logs/
USER 1000:1000
VOLUME /var/lib/kafka/data
EXPOSE 9092
ENTRYPOINT ["java", "-Xmx512m", "-XX:+UseSerialGC", "-Djava.util.logging.manager=org.jboss.logmanager.LogManager", \
  "-cp", "/opt/kafka/classes:/opt/kafka/libs/*", "io.millrace.containers.KafkaNode", "/var/lib/kafka/data", "9092"]

/** Where messages travel: the topics, how they are made, and the queues that hand out work. */
package io.millrace.messaging;
